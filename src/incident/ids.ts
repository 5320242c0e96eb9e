/** What things are called by, and when: the smallest words of the rules. */

declare const brand: unique symbol;
type Brand<Base, Name extends string> = Base & { readonly [brand]: Name };

/** The number in `INC-42`. */
export type IncidentId = Brand<number, 'IncidentId'>;
/** A Slack user id such as `U024BE7LH` (or `W…` on Enterprise). */
export type PersonId = Brand<string, 'PersonId'>;
/** A Slack user group id such as `S0614TZR7`; on-call tools keep their members in step. */
export type GroupId = Brand<string, 'GroupId'>;
/** The service's name in the catalog. */
export type ServiceName = string;
/** Milliseconds since the epoch, UTC. */
export type Instant = number;
/** An alarm's ARN: it names account, region and alarm. */
export type AlarmArn = string;
