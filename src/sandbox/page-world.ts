/** What the page shows and moves. */
import type { SandboxAws } from './aws/aws.ts';
import type { ClockReading } from './clock.ts';
import type { SandboxPager } from './pager/pager.ts';
import type { SandboxPostgres } from './postgres-outage.ts';
import type { SlackStandIn } from './slack/slack.ts';

/** A shortcut that the app offers, as its manifest names it. */
export type Shortcut = { readonly name: string; readonly callbackId: string };

/** A slash command that is offered while somebody types: `/incident note`, what follows it, what it is for. */
export type CommandForm = { readonly form: string; readonly takes: string; readonly does: string };

/** How the page knows that a step was done, whoever did it: since the guide began there is … */
export type StepDone =
  /** … a new channel with such a name. */
  | { readonly channel: RegExp }
  /** … a message with such a text. */
  | { readonly message: RegExp }
  /** … a shared file with such a name. */
  | { readonly file: RegExp };

export type GuideStep = {
  readonly text: string;
  /** What to write, offered as a button that puts it into the box. */
  readonly write?: string;
  /** In which channel; the newest one with such a name is offered to be opened. */
  readonly where?: RegExp;
  readonly done: StepDone;
};

export type Guide = {
  readonly title: string;
  readonly steps: readonly GuideStep[];
  /** Said when all steps are done. */
  readonly end: string;
};

export type PageWorld = {
  /** Where the state is kept. */
  readonly folder: string;
  readonly slack: SlackStandIn;
  readonly aws: SandboxAws;
  readonly pager: SandboxPager;
  readonly clock: {
    now(): number;
    offsetMillis(): number;
    /** Lets time pass from one due job to the next. */
    pass(byMillis: number): Promise<ClockReading>;
  };
  /** `null` when the bot is not ours to start. */
  readonly bot: { running(): boolean; kill(): Promise<void>; start(): Promise<void> } | null;
  readonly postgres: Pick<SandboxPostgres, 'running' | 'stop' | 'start'>;
  readonly shortcuts: { readonly global: readonly Shortcut[]; readonly message: readonly Shortcut[] };
  readonly commands: readonly CommandForm[];
  readonly guide: Guide | null;
  /** Whether the app hears of it when somebody opens its Home. */
  readonly hasHome: boolean;
  /** Calls the listener after every change of anything that the page shows; returns a function that ends it. */
  onChange(listener: () => void): () => void;
};
