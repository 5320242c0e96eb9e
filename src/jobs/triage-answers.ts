/** What people ask about alarms that belong to nobody yet: from the triage channel, or typed. */
import { located } from '../aws/alarm-arn.ts';
import { handle, type Outcome } from '../handle.ts';
import type { Declare } from '../incident/command.ts';
import type { Refusal } from '../incident/decision.ts';
import type { AlarmArn, IncidentId, PersonId } from '../incident/incident.ts';
import { isOngoing, roomKey } from '../incident/incident.ts';
import { alarmTriage } from '../incident/job.ts';
import { treat } from '../incident/treat.ts';
import { toRaised } from '../incident/triaged.ts';
import { ignoreAlarm, readAlarms, readRedAlarms, settle } from '../postgres/alarms.ts';
import { readIncident } from '../postgres/incidents.ts';
import { readNow, type Transaction } from '../postgres/postgres.ts';
import { incidentOfSource } from '../postgres/timeline.ts';
import { groupsShowing, readAlarmsNamed, readLine, unsettleShown } from '../postgres/triage.ts';
import type { AlarmAction } from '../slack/actions.ts';
import type { Message } from '../slack/blocks.ts';
import { belongsToIncident, ignored, lostAlarm, noSuchAlarm, notRed, redAlarms } from '../slack/messages/alarms.ts';
import { confirmation, refusalMessage } from '../slack/messages/answers.ts';
import { nearestWord } from '../slack/nearest-word.ts';
import type { Context } from './context.ts';
import { episodesOf, triageCard } from './triage-alarms.ts';

/** How long an alarm is ignored, in milliseconds. */
const ignoreMillis = 60 * 60_000;

type Asking = { readonly by: PersonId; /** The same id twice decides nothing new. */ readonly source: string };

export async function answerAlarmButton(context: Context, pressed: AlarmAction & Asking): Promise<Message> {
  const { line, act, by, source } = pressed;
  const found = await readLine(context.postgres, line);
  if (found === null) return lostAlarm();
  const { alarm } = found;
  switch (act.name) {
    case 'ignore':
      return ignore(context, [alarm], by);
    case 'join': {
      const outcome = await join(context, { alarm, incident: act.incident, by, source });
      if (outcome === null) return notRed((await readAlarms(context.postgres, [alarm]))[0]?.name ?? alarm);
      if (outcome.type !== 'done') return refusalMessage(outcome);
      const { incident, changed, repeated } = outcome;
      const command = { name: 'join alarms', alarms: [] } as const;
      const said = { command, incident, changed: changed || repeated, inRoom: false, replaces: false };
      return confirmation(said) ?? lostAlarm();
    }
  }
}

/**
 * Why nothing should be declared for the alarm of this line: somebody did already, or joined it. `null`: nothing stands against it,
 * or this source is what declared it.
 */
export async function refuseSecond(
  { postgres }: Context,
  { line, command, source }: { readonly line: number; readonly command: Declare; readonly source: string },
): Promise<Refusal | null> {
  if (command.anyway || (await incidentOfSource(postgres, source)) !== null) return null;
  const found = await readLine(postgres, line);
  const standing = found === null ? [] : await readAlarms(postgres, [found.alarm]);
  const brought = standing.find(({ state, since, settledSince }) => state === 'ALARM' && since === settledSince);
  if (brought === undefined || brought.incident === null) return null;
  const incident = await readIncident(postgres, brought.incident);
  if (incident === null || !isOngoing(incident)) return null;
  const key = roomKey(incident.id);
  return {
    type: 'refused',
    text: `${key} is already open for ${brought.name}: ${incident.title}. Nothing new was declared.`,
    offers: [
      { label: `Join ${key}`, incident: incident.id, command: { name: 'join', page: null, said: false } },
      { label: 'Declare Anyway', incident: null, command: { ...command, anyway: true } },
    ],
  };
}

/** Gives the alarm of a line to an incident that was declared because of it. One that cleared meanwhile stays where it is. */
export async function bringAlarm(
  context: Context,
  { line, ...asking }: Asking & { readonly line: number; readonly incident: IncidentId },
): Promise<void> {
  const found = await readLine(context.postgres, line);
  if (found !== null) await join(context, { ...asking, alarm: found.alarm });
}

/** `null`: the alarm is not red any more, so there is nothing to bring. */
async function join(
  context: Context,
  { alarm, incident, by, source }: Asking & { readonly alarm: AlarmArn; readonly incident: IncidentId },
): Promise<Outcome | null> {
  const { postgres, policy } = context;
  const red = (await readAlarms(postgres, [alarm])).filter(({ state }) => state === 'ALARM').map(located);
  if (red.length === 0) return null;
  return handle(context, {
    id: source,
    by: { type: 'person', person: by },
    incident,
    command: {
      name: 'join alarms',
      alarms: toRaised(red.map((each) => ({ alarm: each, treated: treat(policy, each) }))),
    },
    also: async (tx, { watches }) => {
      if (!watches.some((watch) => watch.alarm === alarm)) return;
      await settle(tx, episodesOf(red), incident);
      await refreshCards(context, tx, [alarm]);
    },
  });
}

/** Has the messages written anew that show these alarms; all of them when none are given. */
export async function refreshCards(
  { queue }: Context,
  tx: Transaction,
  alarms: readonly AlarmArn[] | null,
): Promise<void> {
  await queue.enqueue(tx, (await groupsShowing(tx, alarms)).map(triageCard));
}

async function ignore(context: Context, alarms: readonly AlarmArn[], by: PersonId): Promise<Message> {
  const { postgres, queue } = context;
  const until = await postgres.transaction(async (tx) => {
    const end = (await readNow(tx)) + ignoreMillis;
    for (const alarm of alarms) {
      await ignoreAlarm(tx, { alarm, until: end, by: { type: 'person', person: by } });
      // Looked at anew when the hour is over, if it is still red then.
      await unsettleShown(tx, alarm);
    }
    await refreshCards(context, tx, alarms);
    await queue.enqueue(tx, [alarmTriage]);
    return end;
  });
  const known = await readAlarms(postgres, alarms);
  const names = [...new Map(known.map(({ alarm, name }) => [alarm, name])).values()];
  return ignored(names, until);
}

/** By its name; where several accounts have an alarm of that name, all of them. */
export async function ignoreNamed(
  context: Context,
  { name, by }: { readonly name: string; readonly by: PersonId },
): Promise<Message> {
  const { postgres } = context;
  const alarms = await readAlarmsNamed(postgres, name);
  if (alarms.length === 0) {
    const red = await readRedAlarms(postgres);
    return noSuchAlarm(
      name,
      nearestWord(
        name,
        red.map((each) => each.name),
      ),
    );
  }
  const red = (await readAlarms(postgres, alarms)).filter(({ state }) => state === 'ALARM');
  const brought = red.find(({ incident, since, settledSince }) => incident !== null && since === settledSince);
  if (brought !== undefined && brought.incident !== null) {
    return belongsToIncident(brought.name, roomKey(brought.incident));
  }
  return ignore(context, alarms, by);
}

export async function listRedAlarms({ postgres, policy }: Context): Promise<Message> {
  const red = await readRedAlarms(postgres);
  return redAlarms(
    red.map((alarm) => ({ ...alarm, service: treat(policy, located(alarm)).service })),
    await readNow(postgres),
  );
}
