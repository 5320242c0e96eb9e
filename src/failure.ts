/** The ways in which a call to the outside fails, and what each means for who called. */

/** Not now: nothing was applied, and the same call may be made after the wait. Never counts as a failure. */
export class Later extends Error {
  override readonly name = 'Later';
  readonly waitMillis: number;
  constructor(waitMillis: number, why: string) {
    super(why);
    this.waitMillis = waitMillis;
  }
}

/** Nobody knows whether it was applied (no answer, a broken one, a server's error): look before repeating. */
export class Unclear extends Error {
  override readonly name = 'Unclear';
}

/** Refused for good: repeating will not help. `code` is the other side's own word, such as `channel_not_found`. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly code: string;
  constructor(code: string) {
    super(code);
    this.code = code;
  }
}
