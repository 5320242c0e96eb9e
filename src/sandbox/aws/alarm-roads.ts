/** The ways from an alarm to those who listen: its actions, which publish to topics, and a rule of EventBridge. */
import { eventOf } from './alarm-events.ts';
import { messageOf, subjectOf, type Turned } from './alarm-messages.ts';
import type { AlarmHappening, AlarmStore } from './alarm-store.ts';
import type { Alarm, AlarmState } from './alarms.ts';
import type { Mute, MuteRules } from './mute-rules.ts';
import type { Queue } from './queues.ts';
import type { Topics } from './topics.ts';

export type AlarmRoads = {
  /** Tells those who listen what happened. */
  tell(happening: AlarmHappening): void;
  close(): void;
};

/** How often is looked whether a mute window is over; often, because the clock may leap. */
const lookMillis = 100;

/** `events` gives the queue of the EventBridge rule; `null`: there is no rule. */
export function openAlarmRoads(setup: {
  readonly now: () => number;
  readonly store: () => AlarmStore;
  readonly muteRules: MuteRules;
  readonly topics: Topics;
  readonly events: () => Queue | null;
}): AlarmRoads {
  /** What was kept back in a mute window, the last of each alarm and series. */
  const held = new Map<string, Turned>();

  function act(turned: Turned): void {
    const { alarm, contributor } = turned;
    const mute = setup.muteRules.muteOf(alarm);
    if (mute === null) held.delete(keyOf(turned));
    else held.set(keyOf(turned), turned);
    if (!alarm.actionsEnabled || alarm.suppressedBy !== null) return;
    const type = contributor === null ? 'Action' : 'AlarmContributorAction';
    for (const arn of actionsFor(alarm, turned.to)) {
      const { state, message } = mute === null ? run(arn, turned) : { state: 'Muted', message: null };
      const data = {
        actionState: state,
        stateUpdateTimestamp: turned.at,
        notificationResource: arn,
        publishedMessage: message,
        error: state === 'Failed' ? 'Resource not found' : null,
        muteWindowEndTimestamp: mute?.to ?? null,
      };
      const summary = `${state === 'Succeeded' ? 'Successfully executed' : state === 'Muted' ? 'Muted' : 'Failed to execute'} action ${arn}`;
      setup.store().note(alarm, { at: setup.now(), type, summary, ...(contributor && { contributor }) }, data);
    }
  }

  function run(
    arn: string,
    turned: Turned,
  ): { readonly state: 'Succeeded' | 'Failed'; readonly message: string | null } {
    // What other actions do (scaling, for instance) is no part of this stand-in.
    if (!arn.startsWith('arn:aws:sns:')) return { state: 'Succeeded', message: null };
    if (!setup.topics.has(arn)) return { state: 'Failed', message: null };
    const others = setup
      .store()
      .list()
      .filter(({ account, region }) => account === turned.alarm.account && region === turned.alarm.region);
    const message = messageOf(turned, others);
    setup.topics.publish(arn, message, { subject: subjectOf(turned) });
    return { state: 'Succeeded', message };
  }

  /** Runs what was kept back, for alarms that are no longer muted and still in that state. */
  function release(): void {
    for (const [key, turned] of held) {
      const alarm = setup
        .store()
        .list()
        .find(({ arn }) => arn === turned.alarm.arn);
      if (alarm !== undefined && setup.muteRules.muteOf(alarm) !== null) continue;
      held.delete(key);
      if (alarm !== undefined && stateNow(alarm, turned) === turned.to) act({ ...turned, alarm });
    }
  }
  const timer = setInterval(release, lookMillis);
  timer.unref();

  return {
    tell(happening) {
      const mute: Mute | null = setup.muteRules.muteOf(happening.alarm);
      setup.events()?.send(eventOf(happening, setup.now(), mute));
      const turned = turnedBy(happening);
      if (turned !== null) act(turned);
    },
    close: () => clearInterval(timer),
  };
}

/** What a happening makes the actions run for. An alarm with many series notifies for each of them, not as a whole. */
function turnedBy(happening: AlarmHappening): Turned | null {
  const { alarm } = happening;
  switch (happening.type) {
    case 'configured':
      return null;
    case 'turned':
      if (alarm.contributors.length > 0 && alarm.state !== 'INSUFFICIENT_DATA') return null;
      return {
        alarm,
        from: happening.before.state,
        to: alarm.state,
        reason: alarm.reason,
        at: alarm.transitionedAt,
        contributor: null,
      };
    case 'contributor turned': {
      const { contributor } = happening;
      const { state: to, reason, transitionedAt: at } = contributor;
      return { alarm, from: happening.before, to, reason, at, contributor };
    }
  }
}

function keyOf({ alarm, contributor }: Turned): string {
  return `${alarm.arn}#${contributor?.id ?? ''}`;
}

function stateNow(alarm: Alarm, { contributor }: Turned): AlarmState | undefined {
  if (contributor === null) return alarm.state;
  return alarm.contributors.find(({ id }) => id === contributor.id)?.state;
}

function actionsFor(alarm: Alarm, state: AlarmState): readonly string[] {
  switch (state) {
    case 'ALARM':
      return alarm.actions;
    case 'OK':
      return alarm.okActions;
    case 'INSUFFICIENT_DATA':
      return alarm.insufficientDataActions;
  }
}
