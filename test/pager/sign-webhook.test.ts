import { describe, expect, test } from 'vitest';
import { isWebhookSecret, signWebhook, verifyWebhook } from '../../src/pager/sign-webhook.ts';

const now = 1_674_087_231_000;
// The example of the specification's own libraries.
const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const other = `whsec_${Buffer.alloc(64, 9).toString('base64')}`;

describe('the signature of a webhook', () => {
  test('is the one that the libraries of Standard Webhooks make', () => {
    const headers = signWebhook(
      { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', body: '{"test": 2432232314}', secret },
      1_614_265_330_000,
    );
    expect(headers).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  const body = Buffer.from('{"key":"ü"}');
  const headers = signWebhook({ id: 'msg_1', body: body.toString(), secret }, now);

  test('counts for five minutes in both directions', () => {
    for (const minutes of [-4.9, 0, 4.9]) {
      expect(verifyWebhook({ headers, body }, [secret], now + minutes * 60_000)).toBe(true);
    }
    for (const minutes of [-5.1, 5.1]) {
      expect(verifyWebhook({ headers, body }, [secret], now + minutes * 60_000)).toBe(false);
    }
  });

  test('may be one of several, by one of several secrets', () => {
    const several = {
      ...headers,
      'webhook-signature': `v1a,AAAA v1,${Buffer.alloc(32).toString('base64')} ${headers['webhook-signature']}`,
    };
    expect(verifyWebhook({ headers: several, body }, [other, secret], now)).toBe(true);
    expect(verifyWebhook({ headers: several, body }, [other], now)).toBe(false);
    expect(verifyWebhook({ headers: several, body }, [], now)).toBe(false);
  });

  test.each([
    [{ 'webhook-id': 'msg_2' }],
    [{ 'webhook-id': '' }],
    [{ 'webhook-timestamp': String(now / 1_000 + 1) }],
    [{ 'webhook-timestamp': '' }],
    [{ 'webhook-timestamp': 'NaN' }],
    [{ 'webhook-signature': '' }],
    [{ 'webhook-signature': 'v1,' }],
    [{ 'webhook-signature': headers['webhook-signature'].replace('v1,', 'v2,') }],
    [{ 'webhook-signature': headers['webhook-signature'].slice(0, -4) }],
  ])('is worth nothing with %o', (changed) => {
    expect(verifyWebhook({ headers: { ...headers, ...changed }, body }, [secret], now)).toBe(false);
  });

  test('does not let a dot move from the time into the id', () => {
    const seconds = headers['webhook-timestamp'];
    const moved = { ...headers, 'webhook-id': `msg_1.${seconds.slice(0, 5)}`, 'webhook-timestamp': seconds.slice(5) };
    expect(verifyWebhook({ headers: moved, body }, [secret], now)).toBe(false);
  });

  test('is made with secrets of 24 to 64 bytes', () => {
    const of = (bytes: number): string => `whsec_${Buffer.alloc(bytes, 1).toString('base64')}`;
    expect([24, 32, 64].map((bytes) => isWebhookSecret(of(bytes)))).toEqual([true, true, true]);
    expect([0, 23, 65].map((bytes) => isWebhookSecret(of(bytes)))).toEqual([false, false, false]);
    expect(isWebhookSecret(of(32).replace('whsec_', ''))).toBe(false);
    expect(isWebhookSecret(`${of(32)} `)).toBe(false);
  });
});
