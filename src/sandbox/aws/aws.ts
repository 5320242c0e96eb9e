/** A stand-in for CloudWatch, Support and role assumption on one HTTP address, for every account and region. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import {
  createAlarmStore,
  type Alarm,
  type AlarmSetup,
  type AlarmState,
  type Datapoint,
  type SavedAlarms,
} from './alarms.ts';
import { answerCloudWatch } from './cloudwatch.ts';
import { createFaults, type AwsFault } from './faults.ts';
import { createSupportDesk, type SupportCase } from './support.ts';
import { AwsError, errorReply, jsonReply, readRequest, type AwsReply, type AwsRequest } from './wire.ts';

/** One call that reached the stand-in; `at` is the stand-in's own time in epoch milliseconds. */
export type AwsCall = AwsRequest & { readonly at: number };

export type SandboxAws = {
  /** For AWS_ENDPOINT_URL_CLOUDWATCH, AWS_ENDPOINT_URL_SUPPORT and AWS_ENDPOINT_URL_STS alike. */
  readonly url: string;
  readonly alarms: {
    /** Creates or changes an alarm: OK, with data, watching one metric of its own name unless said otherwise. */
    put(alarm: AlarmSetup): Alarm;
    setState(arn: string, state: AlarmState, said?: { readonly reason?: string; readonly at?: number }): Alarm;
    list(): readonly Alarm[];
    remove(arn: string): void;
  };
  readonly metrics: {
    stopData(arn: string): void;
    resumeData(arn: string): void;
    setDatapoints(arn: string, datapoints: readonly Datapoint[]): void;
  };
  cases(): readonly SupportCase[];
  readonly support: {
    reply(caseId: string, text: string): void;
    setPlan(account: string, paid: boolean): void;
  };
  /** Makes the next fitting calls go wrong; returns a function that takes the fault back. */
  inject(fault: AwsFault): () => void;
  clearFaults(): void;
  readonly calls: readonly AwsCall[];
  clearCalls(): void;
  /** Calls `listener` after every change of an alarm, a metric or a case; returns a function that ends it. */
  onChange(listener: () => void): () => void;
  close(): Promise<void>;
};

/**
 * Starts the stand-in on 127.0.0.1. Without `port` it takes a free one; with `stateFile` alarms and cases survive a
 * restart; `accounts` says to which account an access key belongs.
 */
export async function startAws(
  options: {
    readonly port?: number;
    readonly now?: () => number;
    readonly stateFile?: string;
    readonly accounts?: Readonly<Record<string, string>>;
    readonly defaultAccount?: string;
    readonly defaultRegion?: string;
  } = {},
): Promise<SandboxAws> {
  const now = options.now ?? Date.now;
  const account = options.defaultAccount ?? '123456789012';
  const saved = load(options.stateFile);
  const listeners = new Set<() => void>();
  const onChange = (): void => {
    if (options.stateFile !== undefined)
      save(options.stateFile, { alarms: store.list(), history: store.history(), cases: desk.list() });
    for (const listener of listeners) listener();
  };
  const store = createAlarmStore({ now, onChange, account, region: options.defaultRegion ?? 'eu-west-1', saved });
  const desk = createSupportDesk({ now, onChange, saved: saved.cases });
  const faults = createFaults();
  const calls: AwsCall[] = [];

  function answer(request: AwsRequest): AwsReply {
    switch (request.service) {
      case 'cloudwatch':
        return jsonReply('cloudwatch', answerCloudWatch(request.operation, request.input, request, { store, now }));
      case 'support':
        return jsonReply('support', desk.answer(request.operation, request.input, request));
      case 'sts':
        return assumeRole(request);
    }
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let asked: AwsRequest | undefined;
    try {
      asked = await readRequest(request, options.accounts ?? {}, account);
      calls.push({ ...asked, at: now() });
      const fault = faults.take(asked);
      if (fault?.kind === 'never') return;
      if (fault?.kind === 'late') await wait(fault.millis);
      if (fault?.kind === 'throttle')
        throw new AwsError('ThrottlingException', 'Rate exceeded', { queryCode: 'Throttling' });
      if (fault?.kind === 'status') throw faultError(fault);
      const reply = answer(asked);
      if (fault?.kind === 'lost-reply') request.socket.destroy();
      else send(response, reply);
    } catch (error) {
      const known =
        error instanceof AwsError ? error : new AwsError('InternalServiceFault', String(error), { status: 500 });
      send(response, errorReply(asked?.service ?? 'cloudwatch', known));
    }
  }

  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const bound = server.address();
  const port = bound !== null && typeof bound === 'object' ? bound.port : 0;

  return {
    url: `http://127.0.0.1:${port}`,
    alarms: {
      put: (alarm) => store.put(alarm),
      setState: (arn, state, said) => store.setState(arn, state, said),
      list: () => store.list(),
      remove: (arn) => store.remove(arn),
    },
    metrics: {
      stopData: (arn) => store.stopData(arn),
      resumeData: (arn) => store.resumeData(arn),
      setDatapoints: (arn, datapoints) => store.setDatapoints(arn, datapoints),
    },
    cases: () => desk.list(),
    support: { reply: (caseId, text) => desk.reply(caseId, text), setPlan: (id, paid) => desk.setPlan(id, paid) },
    inject: (fault) => faults.inject(fault),
    clearFaults: () => faults.clear(),
    calls,
    clearCalls: () => void calls.splice(0),
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Gives out a key that names the role's account, by which later calls are counted to that account. */
function assumeRole(request: AwsRequest): AwsReply {
  const form = new Map(Object.entries(request.input ?? {}));
  const role = String(form.get('RoleArn') ?? '');
  const account = /^arn:aws:iam::(\d{12}):role\/[\w+=,.@/-]+$/.exec(role)?.[1];
  if (request.operation !== 'AssumeRole' || account === undefined) {
    const code = request.operation === 'AssumeRole' ? 'ValidationError' : 'InvalidAction';
    const body = `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${code}</Message></Error></ErrorResponse>`;
    return { status: 400, headers: { 'content-type': 'text/xml' }, body };
  }
  const key = `ASIA${account}${randomBytes(4).toString('hex').toUpperCase()}`;
  const until = new Date(Date.now() + 3_600_000).toISOString();
  const body =
    `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>` +
    `<AccessKeyId>${key}</AccessKeyId><SecretAccessKey>sandbox</SecretAccessKey><SessionToken>sandbox</SessionToken>` +
    `<Expiration>${until}</Expiration></Credentials><AssumedRoleUser><Arn>${role}/session</Arn>` +
    `<AssumedRoleId>AROASANDBOX:session</AssumedRoleId></AssumedRoleUser></AssumeRoleResult></AssumeRoleResponse>`;
  return { status: 200, headers: { 'content-type': 'text/xml' }, body };
}

function faultError(fault: Extract<AwsFault, { kind: 'status' }>): AwsError {
  const code = fault.code ?? (fault.status >= 500 ? 'InternalServiceFault' : 'AccessDenied');
  return new AwsError(code, fault.message ?? code, { status: fault.status, queryCode: code });
}

function send(response: ServerResponse, reply: AwsReply): void {
  response.writeHead(reply.status, { ...reply.headers, 'x-amzn-requestid': crypto.randomUUID() }).end(reply.body);
}

type Saved = SavedAlarms & { readonly cases: readonly SupportCase[] };

function load(stateFile: string | undefined): Saved {
  if (stateFile === undefined || !existsSync(stateFile)) return { alarms: [], history: [], cases: [] };
  return JSON.parse(readFileSync(stateFile, 'utf8')) as Saved;
}

/** Written beside and renamed, so that a kill in the middle leaves the last whole state. */
function save(stateFile: string, state: Saved): void {
  mkdirSync(dirname(stateFile), { recursive: true });
  writeFileSync(`${stateFile}.new`, JSON.stringify(state));
  renameSync(`${stateFile}.new`, stateFile);
}
