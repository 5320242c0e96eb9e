/** Which handler does which job. A job without one does not compile. */
import { randomUUID } from 'node:crypto';
import type { Handlers, OnBug } from '../postgres/queue.ts';
import { announce } from './announce.ts';
import { archiveRoom } from './archive-room.ts';
import { callPager } from './call-pager.ts';
import type { Context } from './context.ts';
import { endCalls } from './end-calls.ts';
import { exportDraft } from './export-draft.ts';
import { fetchHistory } from './fetch-history.ts';
import { forgetArrived } from './forget-handled.ts';
import { drawGraph } from './graph.ts';
import { handleArrived } from './inbox.ts';
import { invite } from './invite.ts';
import { keepTime } from './keep-time.ts';
import { openRoom } from './open-room.ts';
import { pollAlarms } from './poll-alarms.ts';
import { refreshDirectory } from './refresh-directory.ts';
import { removePeople } from './remove-people.ts';
import { answerDeclarer, furnishRoom, refreshStatusCard } from './room.ts';
import { tellPeople } from './tell-people.ts';
import { tellRoom } from './tell-room.ts';
import { triageAlarms } from './triage-alarms.ts';
import { pageOverflow, refreshTriageCard } from './triage-card.ts';
import { noteFailure } from './write-once.ts';

export function handlers(context: Context): Handlers {
  return {
    inbox: (data) => handleArrived(context, data),
    'open-room': (data) => openRoom(context, data),
    invite: (data) => invite(context, data),
    'status-card': (data) => refreshStatusCard(context, data),
    'furnish-room': (data) => furnishRoom(context, data),
    announce: (data) => announce(context, data),
    'answer-declarer': (data) => answerDeclarer(context, data),
    'tell-room': (data) => tellRoom(context, data),
    'export-draft': (data) => exportDraft(context, data),
    'poll-alarms': () => pollAlarms(context),
    'triage-alarms': () => triageAlarms(context),
    'triage-card': (data) => refreshTriageCard(context, data),
    'page-overflow': (data) => pageOverflow(context, data),
    graph: (data) => drawGraph(context, data),
    'fetch-history': (data) => fetchHistory(context, data),
    'keep-time': (data) => keepTime(context, data),
    'tell-people': (data) => tellPeople(context, data),
    'end-calls': (data) => endCalls(context, data),
    'call-pager': (data) => callPager(context, data),
    'remove-people': (data) => removePeople(context, data),
    'archive-room': (data) => archiveRoom(context, data),
    'refresh-directory': () => refreshDirectory(context),
    'forget-handled': () => forgetArrived(context),
  };
}

/** Tells the room of a job that can't be done because of us; the log says why. */
export function onBug(context: Context): OnBug {
  return async (name, data, error) => {
    const reference = randomUUID().slice(0, 8);
    context.log.error({ err: error, job: name, reference }, 'a job is given up: it fails again and again');
    if (!('incident' in data)) return;
    const { incident } = data;
    await noteFailure(context, { key: `bug:${name}:${incident}`, incident, method: name }, 'muster_bug');
  };
}
