/** A stand-in for CloudWatch, SQS, SNS, EventBridge, Support and role assumption on one HTTP address, for every account. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { openAlarmRoads } from './alarm-roads.ts';
import { createAlarmStore } from './alarm-store.ts';
import { controlsOf, type AwsCall, type SandboxAws } from './aws-controls.ts';
import { answerCloudWatch } from './cloudwatch.ts';
import { createFaults, type AwsFault } from './faults.ts';
import { createMuteRules } from './mute-rules.ts';
import { createSeriesStore } from './series.ts';
import { createSigner } from './sns-signature.ts';
import { answerSns } from './sns.ts';
import { answerSqs } from './sqs.ts';
import { openStateFile } from './state-file.ts';
import { answerSts } from './sts.ts';
import { createSupportDesk } from './support.ts';
import { openWiring, type RoadsSetup } from './wiring.ts';
import { AwsError, errorReply, jsonReply, readRequest, type AwsReply, type AwsRequest } from './wire.ts';

export type { SandboxAws } from './aws-controls.ts';

/**
 * Starts the stand-in on 127.0.0.1. Without `port` it takes a free one; with `stateFile` alarms, metrics, mute rules
 * and cases survive a restart (messages in queues do not); `accounts` says to which account an access key belongs;
 * `roads` how alarms reach those who listen, by no road when left out.
 */
export async function startAws(
  options: {
    readonly port?: number;
    readonly now?: () => number;
    readonly stateFile?: string;
    readonly accounts?: Readonly<Record<string, string>>;
    readonly defaultAccount?: string;
    readonly defaultRegion?: string;
    readonly roads?: RoadsSetup;
  } = {},
): Promise<SandboxAws> {
  const now = options.now ?? Date.now;
  const account = options.defaultAccount ?? '123456789012';
  const region = options.defaultRegion ?? 'eu-west-1';
  const listeners = new Set<() => void>();
  const onChange = (): void => {
    state.saveSoon();
    for (const listener of listeners) listener();
  };
  const state = openStateFile(options.stateFile, () => ({
    alarms: store.list(),
    history: store.history(),
    cases: desk.list(),
    series: series.list(),
    muteRules: muteRules.list(),
  }));
  const { saved } = state;
  const signer = createSigner();
  const wiring = openWiring({
    now,
    account,
    region,
    signer,
    url: () => url,
    roads: options.roads ?? {},
  });
  const defaults = { account, region, actionsIn: wiring.actionsIn };
  const muteRules = createMuteRules({ now, onChange, saved: saved.muteRules });
  const series = createSeriesStore({ now, onChange, account, region, saved: saved.series });
  const roads = openAlarmRoads({
    now,
    store: () => store,
    muteRules,
    topics: wiring.topics,
    events: wiring.events,
  });
  const store = createAlarmStore({ ...defaults, now, onChange, onHappening: roads.tell, saved });
  const desk = createSupportDesk({ now, onChange, saved: saved.cases });
  const faults = createFaults();
  const calls: AwsCall[] = [];
  let closed = false;

  async function answer(request: AwsRequest, wanted: () => boolean): Promise<AwsReply> {
    const { service, operation, input } = request;
    switch (service) {
      case 'cloudwatch':
        return jsonReply(service, answerCloudWatch(operation, input, request, { store, series, muteRules, now }));
      case 'support':
        return jsonReply(service, desk.answer(operation, input, request));
      case 'sqs':
        return jsonReply(service, await answerSqs(operation, input, { ...request, wanted }, wiring));
      case 'sns':
        return answerSns(operation, input, { topics: wiring.topics, signer });
      case 'sts':
        return answerSts(operation, input);
    }
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let asked: AwsRequest | undefined;
    try {
      asked = await readRequest(request, options.accounts ?? {}, { account, region });
      calls.push({ ...asked, at: now() });
      const fault = faults.take(asked);
      if (fault?.kind === 'never') return;
      if (fault?.kind === 'late') await wait(fault.millis);
      if (fault?.kind === 'throttle')
        throw new AwsError('ThrottlingException', 'Rate exceeded', { queryCode: 'Throttling' });
      if (fault?.kind === 'status') throw faultError(fault);
      const reply = await answer(asked, () => !closed && !request.socket.destroyed);
      if (fault?.kind === 'lost-reply') request.socket.destroy();
      else send(response, reply);
    } catch (error) {
      const known =
        error instanceof AwsError ? error : new AwsError('InternalServiceFault', String(error), { status: 500 });
      send(response, errorReply(asked?.service ?? 'cloudwatch', known));
    }
  }

  const server = createServer((request, response) => void serve(request, response));
  // Clients hold connections open between polls.
  server.keepAliveTimeout = 65_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const bound = server.address();
  const url = `http://127.0.0.1:${bound !== null && typeof bound === 'object' ? bound.port : 0}`;

  return {
    ...controlsOf({ url, store, series, muteRules, wiring, signer, desk, faults, defaults, now }),
    calls,
    clearCalls: () => void calls.splice(0),
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async close() {
      closed = true;
      roads.close();
      wiring.close();
      state.flush();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function faultError(fault: Extract<AwsFault, { kind: 'status' }>): AwsError {
  const code = fault.code ?? (fault.status >= 500 ? 'InternalServiceFault' : 'AccessDenied');
  return new AwsError(code, fault.message ?? code, { status: fault.status, queryCode: code });
}

function send(response: ServerResponse, reply: AwsReply): void {
  response.writeHead(reply.status, { ...reply.headers, 'x-amzn-requestid': crypto.randomUUID() }).end(reply.body);
}
