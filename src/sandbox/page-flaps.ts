/** Alarms that flap: each goes from OK to ALARM and back every half minute of the sandbox's clock. */
import type { PageWorld } from './page-world.ts';

export type Flaps = {
  has(arn: string): boolean;
  set(arn: string, on: boolean): void;
  close(): void;
};

const everyMillis = 30_000;
/** Short, because the clock may leap. */
const lookMillis = 200;

export function createFlaps({ aws, clock }: Pick<PageWorld, 'aws' | 'clock'>): Flaps {
  /** When each was turned last. */
  const flapping = new Map<string, number>();

  function turn(): void {
    for (const [arn, turnedAt] of flapping) {
      const alarm = aws.alarms.list().find((one) => one.arn === arn);
      if (alarm === undefined) flapping.delete(arn);
      else if (Math.abs(clock.now() - turnedAt) >= everyMillis) {
        flapping.set(arn, clock.now());
        aws.alarms.setState(arn, alarm.state === 'ALARM' ? 'OK' : 'ALARM');
      }
    }
  }
  const timer = setInterval(turn, lookMillis);
  timer.unref();
  return {
    has: (arn) => flapping.has(arn),
    set(arn, on) {
      if (on) flapping.set(arn, clock.now() - everyMillis);
      else flapping.delete(arn);
      turn();
    },
    close: () => clearInterval(timer),
  };
}
