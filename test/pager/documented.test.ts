import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { signWebhook } from '../../src/pager/sign-webhook.ts';

type Check = (headers: object, body: string, secret: string) => boolean;

const secret = `whsec_${Buffer.alloc(32, 3).toString('base64')}`;
const body = '{"type":"page.triggered","data":{"title":"Zahlungen stehen still, überall"}}';
let isGenuine: Check;

beforeAll(async () => {
  const document = readFileSync(new URL('../../docs/pagers.md', import.meta.url), 'utf8');
  const code = /```js\n([^]*?)```/.exec(document)?.[1] ?? '';
  const address = `data:text/javascript,${encodeURIComponent(`${code}\nexport { isGenuine };`)}`;
  ({ isGenuine } = (await import(/* @vite-ignore */ address)) as { isGenuine: Check });
});

describe('the documented check of a signature', () => {
  test('takes what Muster signs', () => {
    expect(isGenuine(signWebhook({ id: 'msg_1', body, secret }), body, secret)).toBe(true);
  });

  test('refuses what is changed, old or signed by another', () => {
    const headers = signWebhook({ id: 'msg_1', body, secret });
    expect(isGenuine(headers, body.replace('still', 'Still'), secret)).toBe(false);
    expect(isGenuine(signWebhook({ id: 'msg_1', body, secret }, Date.now() - 400_000), body, secret)).toBe(false);
    expect(isGenuine(headers, body, `whsec_${Buffer.alloc(32, 4).toString('base64')}`)).toBe(false);
  });
});
