import { describe, expect, it } from 'vitest';
import { errorInWords, failureInWords, inviteReport } from '../../../src/slack/messages/failure.ts';
import { asRead } from '../as-read.ts';
import { ana, ben, cleo } from '../incidents.ts';

describe('failures in words', () => {
  it.each([
    [
      'conversations.create',
      'restricted_action',
      'I could not create the war room: the workspace does not let me create channels: ask an admin to allow apps to do so.',
    ],
    [
      'pins.add',
      'too_many_pins',
      'I could not pin the status card: the channel has as many pins as it can hold: remove one.',
    ],
    ['chat.update', 'brand_new_error', 'I could not edit a message: Slack answered `brand_new_error`.'],
    ['made.up', 'constructor', "I could not do everything (Slack's `made.up`): Slack answered `constructor`."],
    [
      'chat.postMessage',
      'muster_put_off',
      'I could not post a message: Slack has put me off for a quarter of an hour.',
    ],
    ['chat.postMessage', '<!channel>`', 'I could not post a message: Slack answered `channel`.'],
  ])('%s: %s', (method, error, words) => {
    expect(failureInWords(method, error)).toBe(words);
  });

  it('who could not be invited is told by reason; nobody when everybody could', () => {
    const because = errorInWords('conversations.invite', 'user_is_restricted');
    const report = inviteReport({
      invited: 9,
      failed: [
        { person: ana, because },
        { person: ben, because: errorInWords('conversations.invite', 'user_disabled') },
        { person: cleo, because },
      ],
    });
    expect(report === null ? '' : asRead(report)).toBe(
      '*9 of 12 people are invited; 3 could not be:*\n• <@U0ANA>, <@U0CLEO>: the person is a guest who may not enter: ask an admin\n• <@U0BEN>: the account is switched off\n\n(notification) 9 of 12 people are invited; 3 could not be.\n',
    );
    expect(inviteReport({ invited: 3, failed: [] })).toBeNull();
  });
});
