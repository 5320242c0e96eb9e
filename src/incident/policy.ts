/** What the catalog says, as the rules need it. `catalog.ts` builds it from `muster.yaml`. */
import type { AlarmArn, ServiceName, Severity } from './incident.ts';
import type { Night } from './night.ts';
import type { Cadence, Target } from './page.ts';

/** A way to call people outside Slack, as the catalog names it. */
export type PagerName = string;

/** Its secret is no part of the policy. */
export type Pager = {
  readonly name: PagerName;
  /** Without its secret it is left out, rather than Muster refusing to start. */
  readonly optional: boolean;
} & (
  | { readonly type: 'pagerduty' }
  /** `url`: where signed messages are posted. */
  | { readonly type: 'webhook'; readonly url: string }
);

/** What is to be done about an alarm. */
export type AlarmTreatment = {
  /** How bad it is when this alarm is red; `null`: the catalog does not say. */
  readonly severity: Severity | null;
  /** Whether it opens an incident by itself. */
  readonly opens: boolean;
  /** How long it must stay red before it opens one, in milliseconds. */
  readonly holdMillis: number;
};

/** An alarm that the catalog names: it is read at every poll of an incident of its service. */
export type AlarmRule = AlarmTreatment & { readonly alarm: AlarmArn; readonly name: string };

/** From alarms that nobody listed to their service: everything that is given must fit; the first rule that fits counts. */
export type MappingRule = AlarmTreatment & {
  readonly prefix: string | null;
  readonly tags: { readonly [key: string]: string };
  readonly account: string | null;
  readonly region: string | null;
  readonly service: ServiceName;
  /** The title of what it opens; `null`: made from the alarm. */
  readonly title: string | null;
};

/** Alarms that are found by looking: one of the three is given. */
export type AlarmSelection = {
  readonly account: string;
  readonly region: string;
  readonly by:
    | { readonly type: 'prefix'; readonly prefix: string }
    | { readonly type: 'tag'; readonly key: string; readonly value: string }
    /** Every alarm that has an action which begins so, such as a topic's ARN. */
    | { readonly type: 'action'; readonly action: string };
};

/** A metric, such as one that has data as long as anybody uses the service. */
export type Metric = {
  readonly account: string;
  readonly region: string;
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: { readonly [name: string]: string };
  /** Such as `Sum`. */
  readonly statistic: string;
  readonly periodSeconds: number;
};

export type Link = { readonly title: string; readonly url: string };

/** Those who are called together. */
export type Level = {
  readonly targets: readonly Target[];
  /** Only for incidents that are at least this bad; `null`: for all. */
  readonly atLeast: Severity | null;
};

/** People who know how widespread it is, such as support: they are asked what users see, not to repair. */
export type Circle = Level & { readonly name: string };

/** Whom to page, how insistently, and when to ask what. */
export type PeoplePolicy = {
  readonly cadences: { readonly [S in Severity]: Cadence };
  readonly night: Night;
  readonly circles: readonly Circle[];
  /** After how long whoever holds a role is asked whether to hand over, in milliseconds. */
  readonly reliefMillis: number;
  /** Whether those who stand down are taken out of the channel. */
  readonly removes: boolean;
  /** How long after it was closed the room is archived, in milliseconds; `null`: never. */
  readonly archiveMillis: number | null;
};

export type Service = {
  readonly name: ServiceName;
  /** Who is paged, one level after the other. */
  readonly levels: readonly Level[];
  readonly alarms: readonly AlarmRule[];
  /** The services that this one can't do without. */
  readonly needs: readonly ServiceName[];
  /** Its data shows that the service is alive while its error counts are silent; `null`: nothing does. */
  readonly traffic: Metric | null;
  /** `null`: it follows from how the alarms are evaluated. */
  readonly stabilisationMillis: number | null;
  readonly runbook: string | null;
  readonly links: readonly Link[];
  /** The voice bridge, when it is not the common one. */
  readonly bridge: string | null;
  /** What calls people outside Slack too; `null`: nothing does. */
  readonly pager: PagerName | null;
};

/** How alarms reach Muster, and what it makes of them. */
export type AlarmPolicy = {
  /** The addresses of SQS queues that are read. */
  readonly queues: readonly string[];
  /** The ARNs of SNS topics that may post over HTTPS. */
  readonly topics: readonly string[];
  readonly selections: readonly AlarmSelection[];
  readonly rules: readonly MappingRule[];
  /** How long after its last alarm an incident takes in alarms of services that depend on its own, in milliseconds. */
  readonly windowMillis: number;
  /** How many rooms alarms may open within an hour. */
  readonly automaticRooms: number;
  /** Where alarms that open nothing are shown: an id (`C…`) or `null` for nowhere. */
  readonly triageChannel: string | null;
};

export type Policy = {
  readonly services: readonly Service[];
  readonly alarms: AlarmPolicy;
  readonly people: PeoplePolicy;
  readonly pagers: readonly Pager[];
  /** Paged when nobody knows yet which service it is. */
  readonly fallbackLevels: readonly Level[];
  readonly bridge: string | null;
  /** The channel where incidents are announced: an id (`C…`) or `null` for nowhere. */
  readonly broadcastChannel: string | null;
  /** Rooms are named `<prefix>-<number>-<title>`. */
  readonly roomPrefix: string;
  /** `null`: it follows from how the alarms are evaluated. */
  readonly defaultStabilisationMillis: number | null;
  /** What each severity means, worded by what users feel. */
  readonly severities: { readonly [S in Severity]: string };
};
