/**
 * Tells what SNS sends over HTTPS from what anybody else does. The order matters: nothing is fetched for a topic that is not
 * allowed, and from nowhere but the one host that speaks for the topic.
 */
import { verify } from 'node:crypto';
import type { Logger } from 'pino';
import { Later } from '../failure.ts';
import type { Instant } from '../incident/incident.ts';
import { isCertificateUrl, isValid, openSnsCertificates, type SnsCertificates } from './sns-certificates.ts';
import { fetchFromSns } from './sns-fetch.ts';
import { readSnsMessage, signedText, type SnsMessage } from './sns-message.ts';
import { readTopic, type Topic } from './sns-topic.ts';

export type Verified =
  /** `message` is what was published; `now` the time it was verified at. */
  | {
      readonly type: 'notification';
      readonly messageId: string;
      readonly topic: string;
      readonly message: string;
      readonly now: Instant;
    }
  /** SNS asked whether the topic may send here, and was told that it may. */
  | { readonly type: 'subscribed'; readonly topic: string }
  /** The subscription was ended. Nothing was done about it. */
  | { readonly type: 'unsubscribed'; readonly topic: string }
  /** Nothing that SNS sends. */
  | { readonly type: 'malformed'; readonly because: string }
  /** SNS did not send this, or not now, or not for a topic that is allowed. */
  | { readonly type: 'forged'; readonly because: string }
  /** Nobody can tell yet: SNS has to send it again. */
  | { readonly type: 'later'; readonly because: string };

export type SnsVerifier = {
  /** Never throws, and never repeats the body in its words. */
  verify(body: string): Promise<Verified>;
};

export type SnsVerifierOptions = {
  /** The ARNs of the topics that may send. */
  readonly topics: readonly string[];
  /** Where to connect instead of SNS. Addresses are checked as if they led to SNS all the same. */
  readonly endpoint: string | null;
  readonly now: () => Instant | Promise<Instant>;
  readonly log: Logger;
};

/** SNS goes on trying for at most this long. */
const oldestMillis = 60 * 60_000;

const aheadMillis = 5 * 60_000;

/** @throws Error when a topic is no ARN of a topic: see `readTopic` */
export function openSnsVerifier({ topics, endpoint, now, log }: SnsVerifierOptions): SnsVerifier {
  const allowed = new Map(topics.map((arn) => [arn, knownTopic(arn)]));
  const certificates = openSnsCertificates({ endpoint });
  return {
    async verify(body) {
      const reading = readSnsMessage(body);
      if (!reading.ok) return { type: 'malformed', because: reading.because };
      const { message, at } = reading;
      const topic = allowed.get(message.TopicArn);
      if (topic === undefined) return forged('its topic is not allowed');
      try {
        const time = await now();
        const flaw =
          findWrongTime(at, time) ??
          findWrongAddress(message, topic) ??
          (await findWrongSignature(message, certificates, time));
        if (flaw !== null) return forged(flaw);
        return await accept({ message, topic, endpoint, time, log });
      } catch (error) {
        log.warn({ err: error, topic: topic.arn }, 'a message of SNS could not be verified');
        return { type: 'later', because: error instanceof Later ? error.message : 'it could not be verified' };
      }
    },
  };
}

function knownTopic(arn: string): Topic {
  const topic = readTopic(arn);
  if (topic === null) throw new Error('An allowed topic of SNS is no ARN of a topic.');
  return topic;
}

function forged(because: string): Verified {
  return { type: 'forged', because };
}

function findWrongTime(at: Instant, now: Instant): string | null {
  if (at < now - oldestMillis) return 'it is more than an hour old';
  return at > now + aheadMillis ? 'its time lies in the future' : null;
}

function findWrongAddress(message: SnsMessage, topic: Topic): string | null {
  if (!isCertificateUrl(message.SigningCertURL, topic)) return 'its certificate is not at the host of its topic';
  if (message.Type === 'Notification' || isConfirmationUrl(message, topic)) return null;
  return 'its confirmation does not lead to the host of its topic';
}

/** Whether the address confirms this subscription and does nothing else. */
function isConfirmationUrl(
  { SubscribeURL: address, Token: token, TopicArn: arn }: Exclude<SnsMessage, { readonly Type: 'Notification' }>,
  { host }: Topic,
): boolean {
  const start = `https://${host}/?`;
  if (!address.startsWith(start) || !/^[\x21-\x7e]+$/.test(address)) return false;
  const asked = [...new URLSearchParams(address.slice(start.length))];
  const wanted = new Map([
    ['Action', 'ConfirmSubscription'],
    ['TopicArn', arn],
    ['Token', token],
  ]);
  return asked.length === wanted.size && [...wanted].every(([name, value]) => new Map(asked).get(name) === value);
}

async function findWrongSignature(
  message: SnsMessage,
  certificates: SnsCertificates,
  now: Instant,
): Promise<string | null> {
  const certificate = await certificates.get(message.SigningCertURL, now);
  if (!isValid(certificate, now)) return 'its certificate is not valid at this time';
  const algorithm = { '1': 'RSA-SHA1', '2': 'RSA-SHA256' }[message.SignatureVersion];
  const signature = Buffer.from(message.Signature, 'base64');
  return verify(algorithm, Buffer.from(signedText(message)), certificate.key, signature)
    ? null
    : 'its signature is wrong';
}

const mostAnswerBytes = 10 * 1_024;

async function accept(verified: {
  readonly message: SnsMessage;
  readonly topic: Topic;
  readonly endpoint: string | null;
  readonly time: Instant;
  readonly log: Logger;
}): Promise<Verified> {
  const { message, topic, endpoint, time, log } = verified;
  switch (message.Type) {
    case 'Notification':
      return {
        type: 'notification',
        messageId: message.MessageId,
        topic: topic.arn,
        message: message.Message,
        now: time,
      };
    case 'SubscriptionConfirmation':
      await fetchFromSns({ url: message.SubscribeURL, endpoint, mostBytes: mostAnswerBytes });
      log.info({ topic: topic.arn }, 'a topic of SNS may now send here');
      return { type: 'subscribed', topic: topic.arn };
    case 'UnsubscribeConfirmation':
      // Its address would subscribe again, whoever it was that ended it.
      log.warn({ topic: topic.arn }, 'a topic of SNS no longer sends here');
      return { type: 'unsubscribed', topic: topic.arn };
  }
}
