/** Trigger ids: the short right to open a modal, given with each act of a person. */
import { randomBytes } from 'node:crypto';
import { Refusal } from './refusal.ts';

export type Trigger = {
  readonly user: string;
  /** The modal in which the person acted. */
  readonly viewId: string | null;
};

export type Triggers = {
  readonly give: (trigger: Trigger) => string;
  /** Uses it up. Throws `invalid_trigger_id`, `expired_trigger_id` or `exchanged_trigger_id`. */
  readonly exchange: (id: string) => Trigger;
};

const lifeMillis = 3000;
const forgottenAfterMillis = 60_000;

/** Trigger ids live three seconds of real time, whatever the sandbox's clock says. */
export function makeTriggers(): Triggers {
  const given = new Map<string, { readonly trigger: Trigger; readonly givenAt: number; readonly isUsed: boolean }>();
  return {
    give(trigger) {
      for (const [id, { givenAt }] of given) {
        if (Date.now() - givenAt < forgottenAfterMillis) break;
        given.delete(id);
      }
      const id = `${Date.now()}.${randomBytes(5).readUIntBE(0, 5)}.${randomBytes(16).toString('hex')}`;
      given.set(id, { trigger, givenAt: Date.now(), isUsed: false });
      return id;
    },
    exchange(id) {
      const found = given.get(id);
      // A forgotten one is told from nonsense by its form.
      const isWellFormed = /^\d+\.\d+\.[0-9a-f]{32}$/.test(id);
      if (found === undefined) throw new Refusal(isWellFormed ? 'expired_trigger_id' : 'invalid_trigger_id');
      if (found.isUsed) throw new Refusal('exchanged_trigger_id');
      if (Date.now() - found.givenAt > lifeMillis) throw new Refusal('expired_trigger_id');
      given.set(id, { ...found, isUsed: true });
      return found.trigger;
    },
  };
}
