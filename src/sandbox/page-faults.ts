/** A few things that can be made to go wrong with a switch on the page; each holds until it is switched off. */
import type { PageWorld } from './page-world.ts';

export type FaultSwitch = { readonly name: string; readonly label: string; readonly on: boolean };

export type FaultSwitches = {
  list(): readonly FaultSwitch[];
  /** Switches one on or off; an unknown name does nothing. */
  set(name: string, on: boolean): void;
};

type Fault = { readonly name: string; readonly label: string; readonly start: () => () => void };

/** The switches, all off. */
export function createFaultSwitches({ slack, aws }: Pick<PageWorld, 'slack' | 'aws'>): FaultSwitches {
  const slackFault = (injection: Parameters<typeof slack.inject>[0]) => (): (() => void) => {
    const injected = slack.inject({ ...injection, times: Infinity });
    return () => injected.remove();
  };
  const awsFault = (fault: Parameters<typeof aws.inject>[0]) => () => aws.inject({ ...fault, times: Infinity });
  const faults: readonly Fault[] = [
    {
      name: 'slack-limit',
      label: 'Slack answers 429 to every message (come back in 5 s)',
      start: slackFault({ method: 'chat.postMessage', fault: { type: 'rate limited', retryAfterSeconds: 5 } }),
    },
    {
      name: 'slack-down',
      label: 'Slack answers 503 to everything',
      start: slackFault({ fault: { type: 'status', status: 503 } }),
    },
    {
      name: 'slack-invite',
      label: 'Slack refuses invitations (cant_invite)',
      start: slackFault({ method: 'conversations.invite', fault: { type: 'error', error: 'cant_invite' } }),
    },
    {
      name: 'slack-lost',
      label: 'Messages arrive, but the answer is lost',
      start: slackFault({ method: 'chat.postMessage', fault: { type: 'lost reply' } }),
    },
    {
      name: 'slack-slow',
      label: 'Slack answers two seconds late',
      start: slackFault({ fault: { type: 'late', ms: 2000 } }),
    },
    {
      name: 'aws-throttle',
      label: 'CloudWatch is throttled',
      start: awsFault({ service: 'cloudwatch', kind: 'throttle' }),
    },
    {
      name: 'aws-down',
      label: 'CloudWatch answers 503',
      start: awsFault({ service: 'cloudwatch', kind: 'status', status: 503 }),
    },
  ];
  const active = new Map<string, () => void>();
  return {
    list: () => faults.map(({ name, label }) => ({ name, label, on: active.has(name) })),
    set(name, on) {
      active.get(name)?.();
      active.delete(name);
      const fault = faults.find((one) => one.name === name);
      if (on && fault !== undefined) active.set(name, fault.start());
    },
  };
}
