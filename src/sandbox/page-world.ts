/** What the page shows and moves. */
import type { SandboxAws } from './aws/aws.ts';
import type { ClockReading } from './clock.ts';
import type { SlackStandIn } from './slack/slack.ts';

/** A shortcut that the app offers, as its manifest names it. */
export type Shortcut = { readonly name: string; readonly callbackId: string };

export type PageWorld = {
  /** Where the state is kept. */
  readonly folder: string;
  readonly slack: SlackStandIn;
  readonly aws: SandboxAws;
  readonly clock: {
    now(): number;
    offsetMillis(): number;
    /** Lets time pass from one due job to the next. */
    pass(byMillis: number): Promise<ClockReading>;
  };
  /** `null` when the bot is not ours to start. */
  readonly bot: { running(): boolean; kill(): Promise<void>; start(): Promise<void> } | null;
  readonly shortcuts: { readonly global: readonly Shortcut[]; readonly message: readonly Shortcut[] };
  /** Slash commands that are offered to be typed. */
  readonly hints: readonly string[];
  /** Calls the listener after every change of anything that the page shows; returns a function that ends it. */
  onChange(listener: () => void): () => void;
};
