import { describe, expect, it } from 'vitest';
import type { Incident, PersonId } from '../../../src/incident/incident.ts';
import type { Page } from '../../../src/incident/page.ts';
import { callEnded } from '../../../src/slack/messages/call-ended.ts';
import { ana, ben, cleo, incident, night, page, row } from '../incidents.ts';

const called = row(
  {
    kind: 'people paged',
    page: page.key,
    level: 0,
    call: 1,
    people: [ben, cleo],
    repeatAt: night + 1,
    climbAt: night + 2,
  },
  'x',
  { id: 9, occurredAt: night },
);

const said = 'You are paged: nobody can pay.\n<@U0ANA>: is it the pool?';

function textFor(person: PersonId, over: Partial<Page>, more: Partial<Incident> = {}): string | null {
  const now = { ...incident, responders: [], pages: [{ ...page, openedAt: night, ...over }], ...more };
  return callEnded({ incident: now, row: called, person, said })?.text ?? null;
}

describe('the message that called somebody', () => {
  it('stays as it is while they are called, and while whoever comes is welcome', () => {
    expect(textFor(ben, { ended: null })).toBeNull();
    expect(textFor(ben, { ended: 'unanswered' })).toBeNull();
  });

  it('says who has it', () => {
    expect(textFor(cleo, { ended: 'answered', takenBy: ben })).toMatch(
      /<@U0BEN> is on it for checkout\. There is nothing for you to do\.\*$/,
    );
    expect(textFor(cleo, { ended: 'answered', takenBy: null })).toMatch(/Somebody is on it for checkout\./);
  });

  it('tells whoever came that they did', () => {
    const here = { person: ben, state: 'active', since: night, asked: null, because: null } as const;
    expect(textFor(ben, { ended: 'answered', takenBy: ben }, { responders: [here] })).toBe(`${said}\n*You are on it.*`);
  });

  it('is over once users are no longer affected, though nobody answered', () => {
    expect(textFor(ben, { ended: 'unanswered' }, { status: 'mitigated' })).toMatch(/The page for checkout is over\./);
    expect(textFor(ben, { ended: 'over' }, { status: 'mitigated' })).toMatch(
      /over\. There is nothing for you to do\.\*$/,
    );
  });

  it('is over when the same page was opened anew', () => {
    expect(textFor(ben, { ended: null, openedAt: called.recordedAt + 1 })).toMatch(/This page is over\./);
  });

  it('is only ever one that called somebody', () => {
    const other = row({ kind: 'identified' }, 'x', { id: 10, occurredAt: night });
    expect(callEnded({ incident, row: other, person: ana, said })).toBeNull();
  });
});
