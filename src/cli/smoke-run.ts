/** Holds the stand-in against a workspace: asks both the same, and says where they differ. */
import { startSlack } from '../sandbox/slack/slack.ts';
import type { SlackStandIn } from '../sandbox/slack/slack.ts';
import { compare, outcomeOf } from './smoke-compare.ts';
import { openSide } from './smoke-side.ts';
import type { Side, Tokens } from './smoke-side.ts';
import { walk } from './smoke-walk.ts';
import type { Deed, Said } from './smoke-walk.ts';

export type SmokeRun = {
  readonly workspace: Tokens;
  /** The member id of who runs it: is invited, presses and types. */
  readonly person: string;
  /** Waited before each call to the workspace, so that no rate limit is met, in milliseconds. */
  readonly paceMillis: number;
  /** How long a person may take. */
  readonly patienceMillis: number;
  readonly ask: (deed: Deed) => void;
  readonly write: (line: string) => void;
};

/** `skipped`: nobody pressed or typed. */
export type Tally = { readonly same: number; readonly different: number; readonly skipped: number };

const standInPerson = 'U0ANA000001';

/** Walks through both workspaces side by side. The temporary channel is archived, whatever happens. */
export async function runSmoke(run: SmokeRun): Promise<Tally> {
  const standIn = await startSlack({ events: [] });
  const sides: Side[] = [];
  const open = async (tokens: Tokens, paceMillis: number): Promise<Side> => {
    const side = await openSide(tokens, paceMillis);
    sides.push(side);
    return side;
  };
  try {
    const name = `muster-smoke-${Math.floor(Date.now() / 1000)}`;
    const common = { name, patienceMillis: run.patienceMillis };
    const ofWorkspace = walk({
      ...common,
      side: await open(run.workspace, run.paceMillis),
      person: run.person,
      ask: run.ask,
    });
    const ofStandIn = walk({
      ...common,
      side: await open(standIn, 0),
      person: standInPerson,
      ask: (deed) => void act(standIn, deed),
    });
    return await compareAll(ofWorkspace, ofStandIn, run.write);
  } finally {
    for (const side of sides) side.close();
    await standIn.close();
  }
}

type Walk = AsyncGenerator<Said, void, boolean>;

async function compareAll(ofWorkspace: Walk, ofStandIn: Walk, write: SmokeRun['write']): Promise<Tally> {
  const tally = { same: 0, different: 0, skipped: 0 };
  let goOn = true;
  try {
    for (;;) {
      const slack = await ofWorkspace.next(goOn);
      const standIn = await ofStandIn.next(goOn);
      if (slack.done === true || standIn.done === true) return tally;
      const { what, answer } = slack.value;
      goOn = answer !== null && standIn.value.answer !== null;
      if (!goOn) {
        tally.skipped += 1;
        write(`skipped    ${what}: nothing came`);
        continue;
      }
      const verdict = compare(answer, standIn.value.answer);
      tally[verdict.is] += 1;
      if (verdict.is === 'same') write(`same       ${what}: ${outcomeOf(answer)}`);
      else
        write(`DIFFERENT  ${what}\n             stand-in: ${verdict.standIn}\n             Slack:    ${verdict.slack}`);
    }
  } finally {
    await ofWorkspace.return();
    await ofStandIn.return();
  }
}

/** What the person does, in a stand-in. */
export async function act(slack: SlackStandIn, deed: Deed): Promise<void> {
  const where = { user: standInPerson, channel: deed.channel };
  switch (deed.type) {
    case 'press':
      await slack.click({ ...where, messageTs: deed.ts, action: deed.action });
      break;
    case 'command':
      await slack.command({ ...where, command: deed.command });
  }
}
