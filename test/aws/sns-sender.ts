/** SNS as it looks from outside: certificates behind HTTP, and messages signed with their keys. */
import { createSign } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { generate } from 'selfsigned';

export type Signer = { readonly certificate: string; readonly key: string };

type Fields = { readonly [name: string]: string | undefined };

export async function makeSigner(
  valid: { readonly from?: Date; readonly until?: Date; readonly keyType?: 'ec'; readonly keySize?: number } = {},
): Promise<Signer> {
  const { private: key, cert: certificate } = await generate([{ name: 'commonName', value: 'sns.amazonaws.com' }], {
    algorithm: 'sha256',
    keyType: valid.keyType ?? 'rsa',
    keySize: valid.keySize ?? 2_048,
    notBeforeDate: valid.from ?? new Date(Date.now() - 86_400_000),
    notAfterDate: valid.until ?? new Date(Date.now() + 86_400_000),
  });
  return { key, certificate };
}

export const topicArn = 'arn:aws:sns:eu-west-1:123456789012:alarms';
export const certificatePath = `/SimpleNotificationService-${'0123456789abcdef'.repeat(2)}.pem`;
export const certificateUrl = `https://sns.eu-west-1.amazonaws.com${certificatePath}`;

let sent = 0;

/** A notification; unsigned. */
export function notification(fields: Fields = {}): Fields {
  return {
    Type: 'Notification',
    MessageId: `da41e39f-ea4d-435a-b922-${String((sent += 1)).padStart(12, '0')}`,
    TopicArn: topicArn,
    Subject: 'ALARM: "api-5xx" in EU (Ireland)',
    Message: 'hello',
    Timestamp: new Date().toISOString(),
    SignatureVersion: '1',
    SigningCertURL: certificateUrl,
    UnsubscribeURL: 'https://sns.eu-west-1.amazonaws.com/?Action=Unsubscribe',
    ...fields,
  };
}

export const token = '2336412f37fb687f5d51e6e241d09c805a5a57b30d712f794cc5f6a988666d92';

/** A confirmation; unsigned. */
export function confirmation(fields: Fields = {}): Fields {
  const { Subject: _subject, UnsubscribeURL: _url, ...common } = notification();
  return {
    ...common,
    Type: 'SubscriptionConfirmation',
    Token: token,
    Message: `You have chosen to subscribe to the topic ${topicArn}.\nTo confirm the subscription, visit the SubscribeURL.`,
    SubscribeURL: `https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=${topicArn}&Token=${token}`,
    ...fields,
  };
}

const signedKeys = ['Message', 'MessageId', 'Subject', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'];

/** The body as SNS sends it. Fields in `afterwards` are changed once it is signed. */
export function sign(fields: Fields, signer: Signer, afterwards: Fields = {}): string {
  const text = signedKeys.flatMap((key) => (fields[key] === undefined ? [] : [`${key}\n${fields[key]}\n`])).join('');
  const algorithm = fields['SignatureVersion'] === '2' ? 'RSA-SHA256' : 'RSA-SHA1';
  const Signature = createSign(algorithm).update(text).sign(signer.key, 'base64');
  return JSON.stringify({ ...fields, Signature, ...afterwards });
}

export type SnsHost = {
  readonly endpoint: string;
  /** What was asked for, in order. */
  readonly asked: string[];
  /** Answers in place of the certificate, until it is set to `null`. */
  answer: ((request: IncomingMessage, response: ServerResponse) => void) | null;
  close(): Promise<void>;
};

/** Serves the certificate at its path, and an empty answer everywhere else. */
export async function startSnsHost(signer: Signer): Promise<SnsHost> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    if (host.answer !== null) host.answer(request, response);
    else response.end(request.url === certificatePath ? signer.certificate : '<ConfirmSubscriptionResponse/>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  const host: SnsHost = {
    endpoint: `http://127.0.0.1:${bound !== null && typeof bound === 'object' ? bound.port : 0}`,
    asked,
    answer: null,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return host;
}
