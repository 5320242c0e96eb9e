/** What the catalog says, as the rules need it. `catalog.ts` builds it from `muster.yaml`. */
import type { AlarmArn, PersonId, ServiceName, Severity } from './incident.ts';

export type AlarmRule = {
  readonly alarm: AlarmArn;
  readonly name: string;
  /** The severity of the incident it may open by itself; `null`: it opens none. */
  readonly opens: Severity | null;
  /** How long it must stay red before it opens one, in milliseconds. */
  readonly holdMillis: number;
};

export type Link = { readonly title: string; readonly url: string };

export type Service = {
  readonly name: ServiceName;
  readonly responders: readonly PersonId[];
  readonly alarms: readonly AlarmRule[];
  readonly stabilisationMillis: number;
  readonly runbook: string | null;
  readonly links: readonly Link[];
  /** The voice bridge, when it is not the common one. */
  readonly bridge: string | null;
};

export type Policy = {
  readonly services: readonly Service[];
  /** Paged when nobody knows yet which service it is. */
  readonly fallbackResponders: readonly PersonId[];
  readonly bridge: string | null;
  /** The channel where incidents are announced: an id (`C…`) or `null` for nowhere. */
  readonly broadcastChannel: string | null;
  /** Rooms are named `<prefix>-<number>-<title>`. */
  readonly roomPrefix: string;
  readonly defaultStabilisationMillis: number;
  /** What each severity means, worded by what users feel. */
  readonly severities: { readonly [S in Severity]: string };
};
