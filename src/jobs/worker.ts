/** Which handler does which job. A job without one does not compile. */
import type { Handlers } from '../postgres/queue.ts';
import type { Context } from './context.ts';
import { exportDraft } from './export-draft.ts';
import { handleArrived } from './inbox.ts';
import { invite } from './invite.ts';
import { openRoom } from './open-room.ts';
import { pollAlarms } from './poll-alarms.ts';
import { announce, answerDeclarer, furnishRoom, refreshStatusCard } from './room.ts';
import { tellRoom } from './tell-room.ts';

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
  };
}
