/** The grammar in which the limits of Block Kit are written down. */
import { isList, isObject } from './json.ts';
import type { Json, JsonObject } from './json.ts';

export type Report = (pointer: string, message: string) => void;
export type Check = (value: Json, pointer: string, report: Report) => void;

export type Shape = {
  readonly required?: { readonly [field: string]: Check };
  readonly optional?: { readonly [field: string]: Check };
  /** What no single field can tell. */
  readonly also?: (value: JsonObject, pointer: string, report: Report) => void;
};

export const anything: Check = () => undefined;

export function text(most: number, least = 1): Check {
  return (value, pointer, report) => {
    if (typeof value !== 'string') return report(pointer, 'must provide a string');
    if (value.length < least) report(pointer, `must be more than ${least - 1} characters`);
    if (value.length > most) report(pointer, `must be less than ${most + 1} characters`);
  };
}

export function matching(pattern: RegExp, what: string): Check {
  return (value, pointer, report) => {
    if (typeof value !== 'string' || !pattern.test(value)) report(pointer, `must be ${what}`);
  };
}

export function number(least: number, most: number): Check {
  return (value, pointer, report) => {
    const is = typeof value === 'number' && value >= least && value <= most;
    if (!is) report(pointer, `must provide a number from ${least} to ${most}`);
  };
}

export const flag: Check = (value, pointer, report) => {
  if (typeof value !== 'boolean') report(pointer, 'must provide a boolean');
};

export function oneOf(...allowed: readonly string[]): Check {
  return (value, pointer, report) => {
    if (typeof value !== 'string' || !allowed.includes(value)) report(pointer, `must be one of: ${allowed.join(', ')}`);
  };
}

export function list(of: Check, { least = 1, most }: { readonly least?: number; readonly most: number }): Check {
  return (value, pointer, report) => {
    if (!isList(value)) return report(pointer, 'must provide an array');
    if (value.length < least) report(pointer, `no fewer than ${least} items allowed`);
    if (value.length > most) report(pointer, `no more than ${most} items allowed`);
    for (const [index, item] of value.entries()) of(item, `${pointer}/${index}`, report);
  };
}

/** An object with these fields and no others. */
export function shape({ required = {}, optional = {}, also }: Shape): Check {
  return (value, pointer, report) => {
    if (!isObject(value)) return report(pointer, 'must provide an object');
    for (const [field, check] of Object.entries(required)) {
      const found = value[field];
      if (found === undefined || found === null) report(pointer, `missing required field: ${field}`);
      else check(found, `${pointer}/${field}`, report);
    }
    for (const [field, check] of Object.entries(optional)) {
      const found = value[field];
      if (found !== undefined && found !== null) check(found, `${pointer}/${field}`, report);
    }
    for (const field of Object.keys(value)) {
      const isKnown = field === 'type' || Object.hasOwn(required, field) || Object.hasOwn(optional, field);
      if (!isKnown) report(pointer, `invalid additional property: ${field}`);
    }
    also?.(value, pointer, report);
  };
}

/** An object whose `type` says which shape it has. */
export function typed(shapes: { readonly [type: string]: Check }): Check {
  return (value, pointer, report) => {
    if (!isObject(value)) return report(pointer, 'must provide an object');
    const { type } = value;
    if (typeof type !== 'string') return report(pointer, 'missing required field: type');
    const check = Object.hasOwn(shapes, type) ? shapes[type] : undefined;
    if (check === undefined) report(`${pointer}/type`, `unsupported type: ${type}`);
    else check(value, pointer, report);
  };
}

export function plainText(most: number): Check {
  return typed({ plain_text: shape({ required: { text: text(most) }, optional: { emoji: flag } }) });
}

export function anyText(most: number): Check {
  return typed({
    plain_text: shape({ required: { text: text(most) }, optional: { emoji: flag } }),
    mrkdwn: shape({ required: { text: text(most) }, optional: { verbatim: flag, emoji: flag } }),
  });
}

export const identifier = text(255);
export const webAddress: Check = (value, pointer, report) => {
  text(3000)(value, pointer, report);
  matching(/^(https?|mailto|slack):/i, 'a valid URL')(value, pointer, report);
};

export const confirmation = shape({
  required: { title: plainText(100), text: anyText(300) },
  optional: { confirm: plainText(30), deny: plainText(30), style: oneOf('primary', 'danger') },
});

/** All text in the blocks of a message, in characters. */
export function charactersOf(value: Json): number {
  if (isList(value)) return value.reduce<number>((sum, one) => sum + charactersOf(one), 0);
  if (!isObject(value)) return 0;
  return Object.entries(value).reduce<number>(
    (sum, [field, one]) => sum + (typeof one === 'string' ? (field === 'text' ? one.length : 0) : charactersOf(one)),
    0,
  );
}
