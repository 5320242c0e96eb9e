/** The forms a person can be shown, and how much they may write in them. */

export const forms = [
  'declare',
  'mitigate',
  'resolve',
  'cancel',
  'reopen',
  'page',
  'role',
  'severity',
  'discount',
  'alarm',
  'note',
] as const;
export type Form = (typeof forms)[number];

/** In characters. A reason must fit into the button that asks to confirm it. */
export const mostTitle = 150;
export const mostReason = 900;
export const mostNote = 3000;
/** It is read by people who were just woken, and must fit into a button beside everyone who is to be called. */
export const mostPageReason = 300;
/** How many people, groups and services one page may name. */
export const mostTargets = 100;
