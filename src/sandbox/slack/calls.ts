/** Everything that the app calls: a log of it, the faults it meets, and those who watch. */
import { setTimeout as wait } from 'node:timers/promises';
import type { JsonObject } from './json.ts';
import { unknownArguments } from './method-arguments.ts';

export type Call = {
  readonly id: number;
  /** A Web API method, `upload` for the bytes of a file, or `response_url`. */
  readonly method: string;
  /** Without the token. */
  readonly args: JsonObject;
  /** The arguments that the method does not know; Slack says nothing of them. */
  readonly unknownArguments: readonly string[];
  /** Epoch milliseconds of real time, also in fractions. */
  readonly startedAt: number;
  /** `null` while no answer was given. */
  readonly finishedAt: number | null;
  readonly outcome: 'pending' | 'ok' | 'refused' | 'faulted';
  /** Slack's error name, or the kind of fault. */
  readonly error: string | null;
  /** Whether it took effect, whatever the app was told. */
  readonly applied: boolean;
};

export type Fault =
  | { readonly type: 'rate limited'; readonly retryAfterSeconds: number }
  | { readonly type: 'status'; readonly status: number }
  /** It takes effect at once and is answered that much later. */
  | { readonly type: 'late'; readonly ms: number }
  /** No effect, no answer, the connection stays open. */
  | { readonly type: 'never' }
  /** It takes effect, and the connection breaks instead of an answer. */
  | { readonly type: 'lost reply' }
  /** No effect, the connection breaks. */
  | { readonly type: 'reset before' }
  /** A call takes effect twice and is answered once; a delivery to the app is made twice. */
  | { readonly type: 'twice' }
  /** Of deliveries to the app alone: it is made after the next one, or by itself when none comes soon. */
  | { readonly type: 'out of order' }
  | { readonly type: 'error'; readonly error: string };

export type DeliveryFault = 'twice' | 'out of order';

export type Phase = 'before' | 'after';
export type CallHook = (call: Call, phase: Phase) => void | Promise<void>;

export type Injection = {
  /**
   * A method, `upload`, `response_url`, or `*` for every call (the default). For `twice` and `out of order` also what is
   * delivered: `slash_commands`, `interactive`, `events_api`, and `*` means every delivery.
   */
  readonly method?: string;
  /** How many calls meet it; 1 unless told, `Infinity` for all. */
  readonly times?: number;
  readonly fault: Fault;
  readonly match?: (args: JsonObject) => boolean;
  /** Awaited before the fault shows, and after it was (or was not) applied but before any reply. */
  readonly onHit?: (phase: Phase, call: Call) => void | Promise<void>;
};

export type InjectedFault = { readonly remove: () => void; readonly hits: number };

export type Reply = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
};

/** What happens on the connection. */
export type OnTheWire = Reply | 'break' | 'silence';

export type Request = {
  readonly method: string;
  readonly args: JsonObject;
  /** Does it; `applied` when it took effect. */
  readonly apply: () => Reply & { readonly applied: boolean; readonly error: string | null };
};

export type Calls = {
  readonly perform: (request: Request) => Promise<OnTheWire>;
  readonly inject: (injection: Injection) => InjectedFault;
  /** Whether this delivery to the app meets that fault. */
  readonly takesDelivery: (fault: DeliveryFault, type: string, payload: JsonObject) => boolean;
  readonly onCall: (hook: CallHook) => () => void;
  readonly all: () => readonly Call[];
  readonly clear: () => void;
  readonly setLatency: (ms: number) => void;
};

const keptCalls = 10_000;
const deliveries: readonly string[] = ['slash_commands', 'interactive', 'events_api'];

export function makeCalls(initialLatencyMs: number): Calls {
  const log = new Map<number, Call>();
  const hooks = new Set<CallHook>();
  const injected = new Set<{ readonly injection: Injection; hits: number }>();
  let latencyMs = initialLatencyMs;
  let lastId = 0;

  const note = (call: Call): Call => {
    log.set(call.id, call);
    const oldest = log.keys().next().value;
    if (log.size > keptCalls && oldest !== undefined) log.delete(oldest);
    return call;
  };

  const take = (isFor: (injection: Injection) => boolean, args: JsonObject): Injection | undefined => {
    for (const one of injected) {
      const { times = 1, match } = one.injection;
      if (one.hits >= times || !isFor(one.injection) || match?.(args) === false) continue;
      one.hits += 1;
      return one.injection;
    }
    return undefined;
  };

  const tell = async (call: Call, phase: Phase): Promise<void> => {
    for (const hook of hooks) await hook(call, phase);
  };

  return {
    async perform({ method, args, apply }) {
      lastId += 1;
      let call = note({
        id: lastId,
        method,
        args,
        unknownArguments: unknownArguments(method, args),
        startedAt: preciseNow(),
        finishedAt: null,
        outcome: 'pending',
        error: null,
        applied: false,
      });
      if (latencyMs > 0) await wait(latencyMs);
      const hit = take((injection) => isForCall(injection, method), args);
      await hit?.onHit?.('before', call);
      const instead = hit === undefined ? undefined : insteadOfApplying(hit.fault);
      if (instead !== undefined && hit !== undefined) {
        const finishedAt = instead === 'silence' ? null : preciseNow();
        call = note({ ...call, finishedAt, outcome: 'faulted', error: faultName(hit.fault) });
        await hit.onHit?.('after', call);
        return instead;
      }
      await tell(call, 'before');
      const reply = apply();
      if (hit?.fault.type === 'twice') apply();
      call = note({
        ...call,
        applied: reply.applied,
        outcome: reply.error === null ? 'ok' : 'refused',
        error: reply.error,
      });
      await tell(call, 'after');
      await hit?.onHit?.('after', call);
      if (hit?.fault.type === 'late') await wait(hit.fault.ms, undefined, { ref: false });
      if (hit?.fault.type === 'lost reply') {
        note({ ...call, finishedAt: preciseNow(), outcome: 'faulted', error: faultName(hit.fault) });
        return 'break';
      }
      note({ ...call, finishedAt: preciseNow() });
      return reply;
    },
    inject(injection) {
      const one = { injection, hits: 0 };
      injected.add(one);
      return {
        remove: () => {
          injected.delete(one);
        },
        get hits() {
          return one.hits;
        },
      };
    },
    takesDelivery: (wanted, type, payload) =>
      take(({ fault, method = '*' }) => fault.type === wanted && (method === '*' || method === type), payload) !==
      undefined,
    onCall(hook) {
      hooks.add(hook);
      return () => {
        hooks.delete(hook);
      };
    },
    all: () => [...log.values()],
    clear: () => {
      log.clear();
    },
    setLatency: (ms) => {
      latencyMs = ms;
    },
  };
}

function isForCall({ method = '*', fault }: Injection, called: string): boolean {
  if (fault.type === 'out of order') return false;
  if (fault.type === 'twice') return method === called;
  return method === '*' || (method === called && !deliveries.includes(method));
}

/** What the app meets when the fault keeps the call from taking effect. */
function insteadOfApplying(fault: Fault): OnTheWire | undefined {
  switch (fault.type) {
    case 'rate limited':
      return {
        status: 429,
        headers: { 'retry-after': String(fault.retryAfterSeconds) },
        body: { ok: false, error: 'ratelimited' },
      };
    case 'status':
      return { status: fault.status, headers: {}, body: { ok: false, error: 'internal_error' } };
    case 'error':
      return { status: 200, headers: {}, body: { ok: false, error: fault.error } };
    case 'never':
      return 'silence';
    case 'reset before':
      return 'break';
    case 'late':
    case 'lost reply':
    case 'twice':
    case 'out of order':
      return undefined;
  }
}

function faultName(fault: Fault): string {
  return fault.type === 'error' ? fault.error : fault.type;
}

function preciseNow(): number {
  return performance.timeOrigin + performance.now();
}

/** The arguments as the log keeps them. */
export function withoutToken(args: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(args).filter(([name]) => name !== 'token'));
}
