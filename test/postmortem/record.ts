/** Builds timeline rows for tests: `record('2026-11-20').row('14:07', { kind: 'mitigated' }, 'Mitigated: rolled back')`. */
import { rowKind } from '../../src/incident/event.ts';
import type {
  AlarmChange,
  IncidentEvent,
  NoteKind,
  RedAlarm,
  SignalKind,
  TimelineRow,
  WatchedAlarm,
} from '../../src/incident/event.ts';
import type {
  Actor,
  Doubt,
  Incident,
  IncidentId,
  PersonId,
  Role,
  Severity,
  Verdict,
} from '../../src/incident/incident.ts';
import type { Night } from '../../src/incident/night.ts';
import type { Cadence } from '../../src/incident/page.ts';
import type { Person } from '../../src/postmortem/typed-names.ts';
import { untouched } from '../incident/untouched.ts';

export const ana = 'U0000ANA1' as PersonId;
export const ben = 'U0000BEN2' as PersonId;
export const chi = 'U0000CHI3' as PersonId;

export const people: readonly Person[] = [
  { id: ana, names: ['Ana', 'Ana Lopez', 'ana.lopez'] },
  { id: ben, names: ['Ben Okafor', 'Benjamin Okafor', 'bokafor'] },
  { id: chi, names: ['chi', 'Chi Nguyễn', 'chi.nguyen'] },
];

export const system: Actor = { type: 'system' };
export const checkoutAlarm: Actor = { type: 'alarm', name: 'checkout-5xx' };
export const deploys: Actor = { type: 'webhook', name: 'deploys' };

export function person(id: PersonId): Actor {
  return { type: 'person', person: id };
}

type More = { readonly by?: Actor; readonly recordedAt?: string; readonly link?: string };

export type RowBuilder = {
  /** In the order of recording. */
  readonly rows: readonly TimelineRow[];
  readonly at: (time: string) => number;
  readonly row: (time: string, event: IncidentEvent, text: string, more?: More) => RowBuilder;
  readonly note: (time: string, noteKind: NoteKind, text: string, more?: More) => RowBuilder;
  readonly signal: (time: string, signalKind: SignalKind, text: string, more?: More) => RowBuilder;
  readonly declare: (time: string, more?: More & { readonly severity?: Severity | null }) => RowBuilder;
  /** These alarms are red since then. */
  readonly red: (time: string, names: readonly string[], more?: More) => RowBuilder;
  readonly changed: (
    time: string,
    to: Verdict,
    names: readonly string[],
    more?: More & { readonly doubt?: Doubt; readonly from?: Verdict | null },
  ) => RowBuilder;
  readonly role: (time: string, role: Role, holder: PersonId, more?: More) => RowBuilder;
  /** These are called for the service, in a page of its own. */
  readonly page: (time: string, service: string, called: readonly PersonId[]) => RowBuilder;
  readonly takes: (time: string, service: string, taker: PersonId) => RowBuilder;
};

/**
 * Times are `14:07`, `14:07:30` or, on another day, `2026-11-21 00:10`. Rows of all incidents are numbered together: `after` is
 * the number before the first row.
 */
export function record(day = '2026-11-20', { after = 0 } = {}): RowBuilder {
  const rows: TimelineRow[] = [];
  const at = (time: string): number => {
    const [date, clock] = time.includes(' ') ? time.split(' ') : [day, time];
    return Date.parse(`${date}T${clock}${clock?.length === 'hh:mm'.length ? ':00' : ''}Z`);
  };
  const self: RowBuilder = {
    rows,
    at,
    row: (time, event, text, more = {}) => {
      const id = after + rows.length + 1;
      rows.push({
        id,
        occurredAt: at(time),
        recordedAt: at(more.recordedAt ?? time),
        actor: more.by ?? person(ana),
        kind: rowKind(event),
        event,
        text,
        source: `test:${id}#0`,
        link: more.link ?? null,
      });
      return self;
    },
    note: (time, noteKind, text, more) => self.row(time, { kind: 'noted', noteKind, said: true }, text, more),
    signal: (time, signalKind, text, more = {}) =>
      self.row(time, { kind: 'signalled', signalKind, adopted: more.recordedAt !== undefined }, text, {
        by: deploys,
        ...more,
      }),
    declare: (time, { severity = 'SEV2', ...more } = {}) =>
      self.row(
        time,
        {
          kind: 'declared',
          title: 'Checkout fails',
          severity,
          services: ['checkout'],
          test: false,
          origin: null,
          watches: [],
          stabilisationMillis: 600_000,
          follows: null,
        },
        `Declared (${severity ?? 'severity not known yet'}, checkout): Checkout fails`,
        more,
      ),
    red: (time, names, more = {}) =>
      self.row(
        time,
        { kind: 'alarms joined', alarms: names.map((name) => redAlarm(name, at(time))) },
        names.length === 1 ? `${names[0]} is red: 5 > 1` : `${names.length} alarms are red.`,
        { by: checkoutAlarm, ...more },
      ),
    changed: (time, to, names, more = {}) =>
      self.row(
        time,
        {
          kind: 'alarms changed',
          changes: names.map((name) =>
            changeOf(name, { to, at: at(time), doubt: more.doubt ?? null, from: more.from }),
          ),
        },
        `${names.length === 1 ? names[0] : `${names.length} alarms`} ${changeWords[to]}.`,
        { by: system, ...more },
      ),
    role: (time, role, holder, more) =>
      self.row(
        time,
        { kind: 'role given', role, person: holder, provisional: false },
        `<@${holder}> leads as ${role}.`,
        more,
      ),
    takes: (time, service, taker) =>
      self.row(
        time,
        { kind: 'page answered', page: `service:${service}`, person: taker, by: 'button' },
        `<@${taker}> is on it for ${service}.`,
        { by: person(taker) },
      ),
    page: (time, service, called) => {
      const page = `service:${service}`;
      const timer: Actor = { type: 'timer' };
      const call = { key: page, question: 'fix', service, reason: '', levels: [called], cadence, night } as const;
      const next = { repeatAt: at(time), climbAt: at(time) };
      return self
        .row(time, { kind: 'page opened', call, repeatAt: at(time) }, `A page for ${service} goes out.`, { by: timer })
        .row(
          time,
          { kind: 'people paged', page, level: 0, call: 1, people: called, ...next },
          `Paged for ${service}: ${called.map((each) => `<@${each}>`).join(', ')}.`,
          { by: timer },
        );
    },
  };
  return self;
}

const cadence: Cadence = { repeatMillis: 240_000, climbMillis: 600_000, atNight: true };
const night: Night = { fromHour: 22, toHour: 7 };

const changeWords = { alarm: 'went red', ok: 'turned green', unknown: "can't tell" } as const;

export function arnOf(name: string): string {
  return `arn:aws:cloudwatch:eu-west-1:123456789012:alarm:${name}`;
}

export function watched(name: string): WatchedAlarm {
  return { alarm: arnOf(name), name, service: 'checkout' };
}

function redAlarm(name: string, since: number): RedAlarm {
  return { watch: watched(name), since, because: '5 > 1' };
}

type Changed = Pick<AlarmChange, 'to' | 'at' | 'doubt'> & { readonly from: Verdict | null | undefined };

function changeOf(name: string, { from, ...change }: Changed): AlarmChange {
  const before = change.to === 'alarm' ? 'ok' : 'alarm';
  return { ...change, alarm: arnOf(name), from: from === undefined ? before : from, because: '', timing: null };
}

export function incidentOf(title = 'Checkout fails'): Incident {
  return {
    ...untouched,
    id: 1 as IncidentId,
    title,
    declaredBy: person(ana),
    declaredAt: 0,
    stabilisationMillis: 600_000,
  };
}
