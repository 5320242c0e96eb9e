/** What is asked of the alarms of an incident: by people, by triage, by a poll. */
import type { IncidentCommand } from './command.ts';
import type { Ask, Decision } from './decision.ts';
import { decided, over, refused } from './decision.ts';
import type { Incident, Watch } from './incident.ts';
import { isOngoing, isUnmitigated, roomKey } from './incident.ts';
import { joinAlarms } from './raise.ts';
import { observeAlarms } from './recovery.ts';
import { countedNames } from './timeline.ts';

type AlarmCommand = Extract<
  IncidentCommand,
  {
    name:
      | 'observe alarms'
      | 'discount alarm'
      | 'trust alarm'
      | 'separate alarm'
      | 'join alarms'
      | 'note reconfigured alarm';
  }
>;

export function decideAlarms(ask: Ask<AlarmCommand>): Decision {
  const { incident, command, by, at } = ask;
  switch (command.name) {
    case 'observe alarms':
      return decided(observeAlarms(incident, { ...command, at }));
    case 'join alarms':
      // People may bring an alarm to an incident that is mitigated; a machine may not.
      if (by.type === 'person' ? !isOngoing(incident) : !isUnmitigated(incident)) {
        return refused(`${roomKey(incident.id)} is ${incident.status}, so no alarm joins it.`);
      }
      return decided(joinAlarms(incident, command.alarms));
    case 'note reconfigured alarm': {
      const { alarm, name, change, at: occurredAt } = command.change;
      const watch = incident.watches.find((known) => known.alarm === alarm);
      // That it was made before it was counted in says nothing of this incident; made anew it may mean something else.
      if (watch === undefined || (change === 'created' && watch.doubt !== 'gone')) return decided([]);
      return decided([
        {
          event: { kind: 'alarm reconfigured', alarm, change },
          text: `The alarm ${name} was ${change}${change === 'deleted' ? '.' : ': what its state means may have changed.'}`,
          occurredAt: Math.max(occurredAt, incident.declaredAt),
          actor: { type: 'alarm', name },
        },
      ]);
    }
    case 'discount alarm':
    case 'trust alarm':
    case 'separate alarm':
      return decideOne({ ...ask, command });
  }
}

/** The alarm of this ARN or name, else those whose name begins so: people type and choose by name. */
function findWatches({ watches }: Incident, words: string): readonly Watch[] {
  const said = words.trim().toLowerCase();
  const exact = watches.filter(({ alarm, name }) => alarm === words || name.toLowerCase() === said);
  return exact.length > 0 || said === ''
    ? exact.slice(0, 1)
    : watches.filter(({ name }) => name.toLowerCase().startsWith(said));
}

type OneAlarm = Extract<AlarmCommand, { name: 'discount alarm' | 'trust alarm' | 'separate alarm' }>;

function decideOne({ incident, command }: Ask<OneAlarm>): Decision {
  const meant = findWatches(incident, command.alarm);
  const [watch] = meant;
  if (watch === undefined)
    return refused('No such alarm is part of this incident (any more). The status card lists them.');
  if (meant.length > 1)
    return refused(`Several alarms begin like that: ${countedNames(meant.map(({ name }) => name))}.`);
  const { alarm, name } = watch;
  const objection = over(incident);
  switch (command.name) {
    case 'discount alarm': {
      if (watch.discounted !== null) return refused(`${name} does not count here already: ${watch.discounted}`);
      const reason = command.reason.trim();
      if (reason === '') return refused(`Say why ${name} does not count here.`);
      const text = `${name} does not count here: ${reason}`;
      return objection ?? decided([{ event: { kind: 'alarm discounted', alarm, reason }, text }]);
    }
    case 'trust alarm': {
      if (watch.doubt !== 'changed') return refused(`${name} was not changed since it was first read here.`);
      // Its time of configuration is taken from the next reading.
      const timing = watch.timing === null ? null : { ...watch.timing, configuredAt: null };
      const text = `${name} counts as it is configured now.`;
      return objection ?? decided([{ event: { kind: 'alarm trusted', alarm, timing }, text }]);
    }
    case 'separate alarm': {
      const text = `${name} is not part of this incident.`;
      return objection ?? decided([{ event: { kind: 'alarm separated', alarm }, text }]);
    }
  }
}
