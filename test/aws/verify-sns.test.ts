import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { readTopic } from '../../src/aws/sns-topic.ts';
import { openSnsVerifier, type SnsVerifier } from '../../src/aws/verify-sns.ts';
import { createLog } from '../../src/log.ts';
import {
  certificatePath,
  certificateUrl,
  confirmation,
  makeSigner,
  notification,
  sign,
  type Signer,
  type SnsHost,
  startSnsHost,
  token,
  topicArn,
} from './sns-sender.ts';

const log = createLog('silent');
const minute = 60_000;
let signer: Signer;
let stranger: Signer;
let sns: SnsHost;

beforeAll(async () => {
  [signer, stranger] = await Promise.all([makeSigner(), makeSigner()]);
  sns = await startSnsHost(signer);
});
afterAll(() => sns.close());
afterEach(() => {
  sns.answer = null;
  sns.asked.length = 0;
});

function open(options: { topics?: readonly string[]; now?: () => number; endpoint?: string } = {}): SnsVerifier {
  return openSnsVerifier({ topics: [topicArn], endpoint: sns.endpoint, now: Date.now, log, ...options });
}

describe('a message of SNS', () => {
  test.each(['1', '2'])('with signature version %s is verified', async (version) => {
    const fields = notification({ SignatureVersion: version, Message: 'two\nlines of "text" – с буквами 🔥' });
    expect(await open().verify(sign(fields, signer))).toEqual({
      type: 'notification',
      messageId: fields['MessageId'],
      topic: topicArn,
      message: 'two\nlines of "text" – с буквами 🔥',
      now: expect.any(Number),
    });
  });

  test('without a subject is verified', async () => {
    expect(await open().verify(sign(notification({ Subject: undefined }), signer))).toMatchObject({
      type: 'notification',
    });
  });

  test('has its certificate fetched once, however many come at once, and not again', async () => {
    const verifier = open();
    const bodies = Array.from({ length: 20 }, () => sign(notification(), signer));
    const all = await Promise.all(bodies.map((body) => verifier.verify(body)));
    expect(all.map(({ type }) => type)).toEqual(Array.from({ length: 20 }, () => 'notification'));
    await verifier.verify(sign(notification({ SignatureVersion: '2' }), signer));
    expect(sns.asked).toEqual([certificatePath]);
  });

  test.each([
    ['arn:aws:sns:us-gov-west-1:123456789012:alarms', 'sns.us-gov-west-1.amazonaws.com'],
    ['arn:aws-us-gov:sns:us-gov-west-1:123456789012:alarms', 'sns.us-gov-west-1.amazonaws.com'],
    ['arn:aws-cn:sns:cn-north-1:123456789012:alarms', 'sns.cn-north-1.amazonaws.com.cn'],
    ['arn:aws-eusc:sns:eusc-de-east-1:123456789012:alarms', 'sns.eusc-de-east-1.amazonaws.eu'],
  ])('of %s is signed at %s', async (arn, host) => {
    const verifier = open({ topics: [topicArn, arn] });
    const fields = notification({ TopicArn: arn, SigningCertURL: `https://${host}${certificatePath}` });
    expect(await verifier.verify(sign(fields, signer))).toMatchObject({ type: 'notification', topic: arn });
    const elsewhere = notification({ TopicArn: arn });
    expect(await verifier.verify(sign(elsewhere, signer))).toMatchObject({ type: 'forged' });
  });
});

describe('nothing is fetched for a message', () => {
  test.each<[string, () => string, string]>([
    [
      'of a topic that is not allowed',
      () => sign(notification({ TopicArn: `${topicArn}-2` }), signer),
      'its topic is not allowed',
    ],
    [
      'of the same topic in another account',
      () => sign(notification({ TopicArn: topicArn.replace('1234', '9999') }), signer),
      'its topic is not allowed',
    ],
    [
      'of the same topic in another region',
      () => sign(notification({ TopicArn: topicArn.replace('eu-west-1', 'us-east-1') }), signer),
      'its topic is not allowed',
    ],
    [
      'that is more than an hour old',
      () => sign(notification({ Timestamp: new Date(Date.now() - 61 * minute).toISOString() }), signer),
      'it is more than an hour old',
    ],
    [
      'from the future',
      () => sign(notification({ Timestamp: new Date(Date.now() + 6 * minute).toISOString() }), signer),
      'its time lies in the future',
    ],
  ])('%s', async (_case, body, because) => {
    expect(await open().verify(body())).toEqual({ type: 'forged', because });
    expect(sns.asked).toEqual([]);
  });

  const host = 'sns.eu-west-1.amazonaws.com';
  const path = certificatePath;

  test.each([
    ["at a bucket's virtual host", `https://sns.s3-us-west-2.amazonaws.com${path}`],
    ["at a bucket's virtual host that is named like ours", `https://sns.eu-west-1.s3.amazonaws.com${path}`],
    ["at another region's host", `https://sns.us-east-1.amazonaws.com${path}`],
    ["at China's host", `https://${host}.cn${path}`],
    ['at a host that begins as ours', `https://${host}.example.com${path}`],
    ['at a host that ends as ours', `https://evil-${host}${path}`],
    ['at a host with a dot at its end', `https://${host}.${path}`],
    ['at a host in capitals', `https://SNS.eu-west-1.amazonaws.com${path}`],
    ['at another service of AWS', `https://sqs.eu-west-1.amazonaws.com${path}`],
    ['over http', `http://${host}${path}`],
    ['with a port', `https://${host}:8443${path}`],
    ['with the usual port', `https://${host}:443${path}`],
    ['with a user', `https://someone@${host}${path}`],
    ['with a host for a user', `https://${host}@example.com${path}`],
    ['with a backslash', `https://${host}\\@example.com${path}`],
    ['with query text', `https://${host}${path}?x=1`],
    ['with an action of the API', `https://${host}/?Action=GetTopicAttributes&x=${path}`],
    ['with a fragment', `https://${host}${path}#x`],
    ['in another folder', `https://${host}/evil${path}`],
    ['with steps up', `https://${host}/evil/..${path}`],
    ['by another name', `https://${host}/other.pem`],
    ['by a longer name', `https://${host}${path}.pem`],
    ['by a shorter name', `https://${host}/SimpleNotificationService-0123.pem`],
    ['with a space before it', ` https://${host}${path}`],
    ['with an encoded name', `https://${host}${path.replace('S', '%53')}`],
    ['that is a file', `file:///etc/ssl${path}`],
    ['that is data', 'data:application/x-pem-file,x'],
  ])('with a certificate %s', async (_case, SigningCertURL) => {
    expect(await open().verify(sign(notification({ SigningCertURL }), signer))).toEqual({
      type: 'forged',
      because: 'its certificate is not at the host of its topic',
    });
    expect(sns.asked).toEqual([]);
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['of an unknown type', { Type: 'Ping' }, 'Type is none that SNS is known to send'],
    ['without a type', { Type: undefined }, 'Type is none that SNS is known to send'],
    ['of a signature version that is not known', { SignatureVersion: '3' }, 'SignatureVersion is none that is known'],
    ['with the version as a number', { SignatureVersion: 1 }, 'SignatureVersion is none that is known'],
    ['without a signature', { Signature: undefined }, 'Signature is missing'],
    ['with an empty signature', { Signature: '' }, 'Signature must be base64'],
    ['with a signature that is no base64', { Signature: 'not base64!' }, 'Signature must be base64'],
    ['without a message', { Message: undefined }, 'Message is missing'],
    ['with an object for a message', { Message: {} }, 'Message must be text'],
    ['without a topic', { TopicArn: undefined }, 'TopicArn is missing'],
    ['with a list of topics', { TopicArn: [topicArn] }, 'TopicArn must be text on one line, of at most 512 characters'],
    [
      'with a subject of two lines',
      { Subject: 'a\nTimestamp\nb' },
      'Subject must be text on one line, of at most 1024 characters',
    ],
    ['with an id of two lines', { MessageId: 'a\nSubject\nb' }, 'MessageId must be an id'],
    ['with a time that is none', { Timestamp: 'now' }, 'Timestamp must be a time'],
    [
      'with a time of two lines',
      { Timestamp: `${new Date().toISOString()}\nx` },
      'Timestamp must be text on one line, of at most 40 characters',
    ],
    ['without the address of a certificate', { SigningCertURL: undefined }, 'SigningCertURL is missing'],
  ])('%s', async (_case, afterwards, because) => {
    const body = JSON.stringify({ ...JSON.parse(sign(notification(), signer)), ...afterwards });
    expect(await open().verify(body)).toEqual({ type: 'malformed', because });
    expect(sns.asked).toEqual([]);
  });

  test.each(['', 'x', '[]', 'null', '5', '{', '"Notification"', '['.repeat(100_000)])('that is %j', async (body) => {
    expect(await open().verify(body)).toMatchObject({ type: 'malformed' });
    expect(sns.asked).toEqual([]);
  });
});

describe('a signature is wrong', () => {
  const wrong = { type: 'forged', because: 'its signature is wrong' };

  test.each<[string, Record<string, string | undefined>]>([
    ['the message was changed', { Message: 'hello!' }],
    ['the id was changed', { MessageId: 'da41e39f-ea4d-435a-b922-ffffffffffff' }],
    ['the time was changed', { Timestamp: new Date(Date.now() - 1_000).toISOString() }],
    ['the subject was changed', { Subject: 'OK: "api-5xx"' }],
    ['the subject was taken away', { Subject: undefined }],
    ['a signature of version 1 is passed off as version 2', { SignatureVersion: '2' }],
    ['it was sent without a key', { Signature: Buffer.alloc(256).toString('base64') }],
  ])('when %s', async (_case, afterwards) => {
    expect(await open().verify(sign(notification(), signer, afterwards))).toEqual(wrong);
  });

  test('when a signature of version 2 is passed off as version 1', async () => {
    const fields = notification({ SignatureVersion: '2' });
    expect(await open().verify(sign(fields, signer, { SignatureVersion: '1' }))).toEqual(wrong);
  });

  test('when somebody else signed', async () => {
    expect(await open().verify(sign(notification(), stranger))).toEqual(wrong);
  });

  test('when a notification is passed off as a confirmation', async () => {
    const { Token, SubscribeURL } = confirmation();
    const afterwards = { Type: 'SubscriptionConfirmation', Token, SubscribeURL };
    expect(await open().verify(sign(notification(), signer, afterwards))).toEqual(wrong);
    expect(sns.asked).toEqual([certificatePath]);
  });

  // The same text, cut into fields at another place: who can publish to a topic could choose the id and the subject.
  test('when line feeds in the message are passed off as the ends of fields', async () => {
    const fields = notification({ Message: 'hello\nMessageId\nchosen', Subject: undefined });
    const moved = { Message: 'hello', MessageId: `chosen\nMessageId\n${fields['MessageId']}` };
    expect(await open().verify(sign(fields, signer, moved))).toEqual({
      type: 'malformed',
      because: 'MessageId must be an id',
    });
    const ended = notification({ Subject: undefined, Message: 'hello' });
    const joined = { Message: `hello\nMessageId\n${ended['MessageId']}`, MessageId: 'chosen' };
    expect(await open().verify(sign(ended, signer, joined))).toEqual(wrong);
    expect(await open().verify(sign(fields, signer, { Message: 'hello', Subject: 'chosen' }))).toEqual(wrong);
  });
});

describe('a certificate', () => {
  const later = (because: string): unknown => ({ type: 'later', because });

  test.each<[string, NonNullable<SnsHost['answer']>, string]>([
    ['that is out of reach', (_request, response) => void response.destroy(), 'SNS does not answer'],
    [
      'behind an error',
      (_request, response) => void response.writeHead(503).end('Slow Down'),
      'SNS answers with status 503',
    ],
    ['that is not there', (_request, response) => void response.writeHead(404).end(), 'SNS answers with status 404'],
    [
      'behind an empty answer',
      (_request, response) => void response.end(),
      'SNS answers with something that is no certificate',
    ],
    [
      'that is a page',
      (_request, response) => void response.end('<html>'),
      'SNS answers with something that is no certificate',
    ],
    [
      'that is huge',
      (_request, response) => void response.end(`${signer.certificate}${' '.repeat(1_000_000)}`),
      'SNS answers with more than 10240 bytes',
    ],
  ])('%s puts the message off, and the next attempt is as good as new', async (_case, answer, because) => {
    const verifier = open();
    const body = sign(notification(), signer);
    sns.answer = answer;
    expect(await verifier.verify(body)).toEqual(later(because));
    sns.answer = null;
    expect(await verifier.verify(body)).toMatchObject({ type: 'notification' });
    expect(sns.asked).toEqual([certificatePath, certificatePath]);
  });

  test('behind a redirect is not followed', async () => {
    const verifier = open();
    sns.answer = (request, response) => {
      if (request.url === certificatePath) response.writeHead(302, { location: `${sns.endpoint}/elsewhere` }).end();
      else response.end(stranger.certificate);
    };
    expect(await verifier.verify(sign(notification(), stranger))).toEqual(later('SNS answers with status 302'));
    expect(sns.asked).toEqual([certificatePath]);
  });

  test('that never comes is given up in time for SNS to hear of it', { timeout: 15_000 }, async () => {
    sns.answer = (_request, response) => void response.write('-----BEGIN');
    const started = Date.now();
    expect(await open().verify(sign(notification(), signer))).toEqual(later('SNS does not answer'));
    expect(Date.now() - started).toBeLessThan(6_000);
  });

  test('that has run out, or is of the future, is not believed and not kept', async () => {
    const day = 24 * 60 * minute;
    const old = await makeSigner({ from: new Date(Date.now() - 2 * day), until: new Date(Date.now() - day) });
    const early = await makeSigner({ from: new Date(Date.now() + day), until: new Date(Date.now() + 2 * day) });
    const invalid = { type: 'forged', because: 'its certificate is not valid at this time' };
    const verifier = open();
    sns.answer = (_request, response) => void response.end(old.certificate);
    expect(await verifier.verify(sign(notification(), old))).toEqual(invalid);
    sns.answer = (_request, response) => void response.end(early.certificate);
    expect(await verifier.verify(sign(notification(), early))).toEqual(invalid);
    sns.answer = null;
    expect(await verifier.verify(sign(notification(), signer))).toMatchObject({ type: 'notification' });
  });

  test('that was kept is not believed once it has run out', async () => {
    let ahead = 0;
    const verifier = open({ now: () => Date.now() + ahead });
    expect(await verifier.verify(sign(notification(), signer))).toMatchObject({ type: 'notification' });
    ahead = 2 * 24 * 60 * minute;
    const Timestamp = new Date(Date.now() + ahead).toISOString();
    expect(await verifier.verify(sign(notification({ Timestamp }), signer))).toMatchObject({
      type: 'forged',
      because: 'its certificate is not valid at this time',
    });
  });

  test.each([{ keyType: 'ec' as const }, { keySize: 1_024 }])(
    'of a key of another kind is not believed: %j',
    async (kind) => {
      const other = await makeSigner(kind);
      sns.answer = (_request, response) => void response.end(other.certificate);
      expect(await open().verify(sign(notification(), signer))).toEqual(
        later('SNS answers with a certificate of another kind'),
      );
    },
  );

  test('is not pushed out by those that forgers name, who make us fetch only a few at a time', async () => {
    const verifier = open();
    await verifier.verify(sign(notification(), signer));
    const held: (() => void)[] = [];
    sns.answer = (_request, response) => void held.push(() => response.writeHead(404).end());
    const forgeries = Array.from({ length: 100 }, (_, index) => {
      const name = index.toString(16).padStart(32, '0');
      return verifier.verify(
        sign(notification({ SigningCertURL: certificateUrl.replace(/[0-9a-f]{32}/, name) }), stranger),
      );
    });
    await expect.poll(() => held.length).toBe(20);
    expect(await verifier.verify(sign(notification(), signer))).toMatchObject({ type: 'notification' });
    for (const release of held) release();
    expect(new Set((await Promise.all(forgeries)).map(({ type }) => type))).toEqual(new Set(['later']));
    expect(sns.asked).toHaveLength(21);
  });
});

describe('a confirmation', () => {
  const host = 'sns.eu-west-1.amazonaws.com';
  const query = `Action=ConfirmSubscription&TopicArn=${topicArn}&Token=${token}`;

  test.each(['1', '2'])('for an allowed topic is followed, with signature version %s', async (SignatureVersion) => {
    expect(await open().verify(sign(confirmation({ SignatureVersion }), signer))).toEqual({
      type: 'subscribed',
      topic: topicArn,
    });
    expect(sns.asked).toEqual([certificatePath, `/?${query}`]);
  });

  test('with an encoded address is followed', async () => {
    const SubscribeURL = `https://${host}/?Action=ConfirmSubscription&TopicArn=${encodeURIComponent(topicArn)}&Token=${token}`;
    expect(await open().verify(sign(confirmation({ SubscribeURL }), signer))).toMatchObject({ type: 'subscribed' });
  });

  test('for another topic is not', async () => {
    const TopicArn = `${topicArn}-2`;
    expect(await open().verify(sign(confirmation({ TopicArn }), signer))).toEqual({
      type: 'forged',
      because: 'its topic is not allowed',
    });
    expect(sns.asked).toEqual([]);
  });

  // Even a signature does not make an address good: CVE-2026-32096 and its like fetched whatever was named.
  test.each([
    ['the metadata of the machine', 'http://169.254.169.254/latest/meta-data/'],
    ['the machine itself', 'http://127.0.0.1:8080/?Action=ConfirmSubscription'],
    ['plain http', `http://${host}/?${query}`],
    ['another host', `https://example.com/?${query}`],
    ["a bucket's virtual host", `https://sns.s3-us-west-2.amazonaws.com/?${query}`],
    ["another region's host", `https://sns.us-east-1.amazonaws.com/?${query}`],
    ['a host behind a user', `https://${host}@example.com/?${query}`],
    ['a port', `https://${host}:8443/?${query}`],
    ['another path', `https://${host}/x?${query}`],
    ['a backslash', `https://${host}\\.example.com/?${query}`],
    ['a fragment', `https://${host}/?${query}#x`],
    ['another action', `https://${host}/?${query.replace('Confirm', 'Delete')}`],
    ['two actions', `https://${host}/?${query}&Action=DeleteTopic`],
    ['one more parameter', `https://${host}/?${query}&AuthenticateOnUnsubscribe=true`],
    ['another topic', `https://${host}/?${query.replace(':alarms', ':other')}`],
    ['another token', `https://${host}/?${query}0`],
    ['no token', `https://${host}/?Action=ConfirmSubscription&TopicArn=${topicArn}`],
  ])('is not followed to %s', async (_case, SubscribeURL) => {
    expect(await open().verify(sign(confirmation({ SubscribeURL }), signer))).toEqual({
      type: 'forged',
      because: 'its confirmation does not lead to the host of its topic',
    });
    expect(sns.asked).toEqual([]);
  });

  test('that is forged is not followed', async () => {
    expect(await open().verify(sign(confirmation(), stranger))).toMatchObject({ type: 'forged' });
    expect(sns.asked).toEqual([certificatePath]);
  });

  test('that SNS does not take now is put off, and its redirects are not followed', async () => {
    const verifier = open();
    await verifier.verify(sign(notification(), signer));
    sns.answer = (_request, response) => void response.writeHead(500).end();
    expect(await verifier.verify(sign(confirmation(), signer))).toMatchObject({ type: 'later' });
    sns.answer = (_request, response) => void response.writeHead(301, { location: `${sns.endpoint}/x` }).end();
    expect(await verifier.verify(sign(confirmation(), signer))).toMatchObject({ type: 'later' });
    expect(sns.asked).toEqual([certificatePath, `/?${query}`, `/?${query}`]);
  });

  test('that a subscription has ended is noted and never followed, since that would subscribe again', async () => {
    const fields = confirmation({ Type: 'UnsubscribeConfirmation' });
    expect(await open().verify(sign(fields, signer))).toEqual({ type: 'unsubscribed', topic: topicArn });
    expect(sns.asked).toEqual([certificatePath]);
  });
});

describe('the verifier', () => {
  test('puts messages off while nobody can tell the time', async () => {
    const verifier = openSnsVerifier({
      topics: [topicArn],
      endpoint: sns.endpoint,
      now: () => Promise.reject(new Error('the database is away')),
      log,
    });
    expect(await verifier.verify(sign(notification(), signer))).toEqual({
      type: 'later',
      because: 'it could not be verified',
    });
  });

  test('takes an endpoint with a path, and official addresses all the same', async () => {
    const verifier = open({ endpoint: `${sns.endpoint}/sns/` });
    sns.answer = (_request, response) => void response.end(signer.certificate);
    expect(await verifier.verify(sign(notification(), signer))).toMatchObject({ type: 'notification' });
    expect(sns.asked).toEqual([`/sns${certificatePath}`]);
    const SigningCertURL = `${sns.endpoint}${certificatePath}`;
    expect(await verifier.verify(sign(notification({ SigningCertURL }), signer))).toMatchObject({ type: 'forged' });
  });

  test.each([
    '',
    'alarms',
    'arn:aws:sqs:eu-west-1:123456789012:alarms',
    'arn:aws-iso:sns:us-iso-east-1:123456789012:alarms',
    'arn:aws:sns:eu-west-1.evil.com/x:123456789012:alarms',
    `${topicArn}\n`,
  ])('does not open for a topic that is none: %j', (topic) => {
    expect(readTopic(topic)).toBeNull();
    expect(() => open({ topics: [topic] })).toThrow('no ARN of a topic');
  });
});
