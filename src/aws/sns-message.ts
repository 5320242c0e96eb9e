/** The shape of what SNS sends over HTTPS, and the exact text that it signs. */
import { z } from 'zod';
import type { Instant } from '../incident/incident.ts';
import { describeWrong, readTime, wrong } from './alarm-message-shape.ts';

/**
 * In the signed text nothing but line feeds parts one field from the next, so a field that could hold one might pass for
 * two. Only `Message` may: it comes first, and all that follows is of one line each.
 */
function line(most: number): z.ZodType<string> {
  const sentence = `must be text on one line, of at most ${most} characters`;
  return z
    .string(wrong(sentence))
    .min(1, sentence)
    .max(most, sentence)
    .regex(/^[^\r\n]*$/, sentence);
}

const common = {
  MessageId: z.string(wrong('must be an id')).regex(/^[\w-]{1,100}$/, 'must be an id'),
  TopicArn: line(512),
  Message: z.string(wrong('must be text')),
  Timestamp: line(40),
  SignatureVersion: z.enum(['1', '2'], wrong('is none that is known')),
  Signature: z.string(wrong('must be base64')).regex(/^[A-Za-z0-9+/]{1,1366}={0,2}$/, 'must be base64'),
  SigningCertURL: line(512),
};

const confirmation = { ...common, Token: line(2_048), SubscribeURL: line(4_096) };

const messageShape = z.discriminatedUnion(
  'Type',
  [
    z.object({ ...common, Type: z.literal('Notification'), Subject: line(1_024).optional() }),
    z.object({ ...confirmation, Type: z.literal('SubscriptionConfirmation') }),
    z.object({ ...confirmation, Type: z.literal('UnsubscribeConfirmation') }),
  ],
  { error: (issue) => (issue.code === 'invalid_union' ? 'is none that SNS is known to send' : undefined) },
);

export type SnsMessage = z.infer<typeof messageShape>;

export type SnsReading =
  | { readonly ok: true; readonly message: SnsMessage; readonly at: Instant }
  | { readonly ok: false; readonly because: string };

/** Reads a body as it arrived. `because` never repeats its content. */
export function readSnsMessage(body: string): SnsReading {
  let written: unknown;
  try {
    written = JSON.parse(body);
  } catch {
    return { ok: false, because: 'it is not JSON' };
  }
  const reading = messageShape.safeParse(written);
  if (!reading.success) return { ok: false, because: describeWrong(reading.error) };
  const at = readTime(reading.data.Timestamp);
  return at === null ? { ok: false, because: 'Timestamp must be a time' } : { ok: true, message: reading.data, at };
}

/** @see https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html */
export function signedText(message: SnsMessage): string {
  const { MessageId: id, Timestamp: timestamp, TopicArn: topic, Type: type, Message: words } = message;
  switch (message.Type) {
    case 'Notification': {
      const subject = message.Subject === undefined ? '' : `Subject\n${message.Subject}\n`;
      return `Message\n${words}\nMessageId\n${id}\n${subject}Timestamp\n${timestamp}\nTopicArn\n${topic}\nType\n${type}\n`;
    }
    case 'SubscriptionConfirmation':
    case 'UnsubscribeConfirmation': {
      const { SubscribeURL: url, Token: token } = message;
      return `Message\n${words}\nMessageId\n${id}\nSubscribeURL\n${url}\nTimestamp\n${timestamp}\nToken\n${token}\nTopicArn\n${topic}\nType\n${type}\n`;
    }
  }
}
