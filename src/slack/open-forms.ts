/** Opens forms at once: what lets us open one is good for three seconds. */
import type { IncidentId, PersonId, ServiceName } from '../incident/incident.ts';
import type { Policy } from '../incident/policy.ts';
import { readGroups, readMembers } from '../postgres/directory.ts';
import { readIncident, readIncidentOfRoom, readOpenIncidentsOn } from '../postgres/incidents.ts';
import type { Sql } from '../postgres/postgres.ts';
import { decodeAction } from './actions.ts';
import { prefillOf } from './alarm-prefill.ts';
import type { Arrival, SharedMessage, View } from './arrival.ts';
import type { DeclarePrefill } from './asked.ts';
import type { ModalView } from './blocks.ts';
import { mostTitle } from './form.ts';
import { fromSlack, oneLine, bounded } from './mrkdwn.ts';
import {
  declareForm,
  declareModal,
  isInLevels,
  readAlarmLine,
  readOrigin,
  readPrefill,
  readServices,
} from './modals/declare.ts';
import { incidentModal, type IncidentFormAsk } from './modals/incident-forms.ts';
import { parseCommand } from './parse-command.ts';
import type { SlackDoor } from './web-api.ts';

export type FormContext = { readonly sql: Sql; readonly slack: SlackDoor; readonly policy: Policy };

const nothing: DeclarePrefill = { title: '', severity: null, services: [] };

/** Opens or updates the form that this arrival asks for. Does nothing for arrivals that ask for none. */
export async function openForm(context: FormContext, arrival: Arrival): Promise<void> {
  if (arrival.outsider) return;
  if (arrival.type === 'action' && arrival.view?.callback === declareForm) {
    await showOpenOnes(context, arrival.view, arrival.by);
    return;
  }
  const view = await formFor(context, arrival);
  const { trigger } = arrival;
  if (view === null || trigger === null) return;
  await context.slack.run('views.open', null, (web) => web.views.open({ trigger_id: trigger, view }));
}

async function formFor({ sql, policy }: FormContext, arrival: Arrival): Promise<ModalView | null> {
  switch (arrival.type) {
    case 'command': {
      const asked = parseCommand(arrival.text, { by: arrival.by, catalog: policy });
      if (asked.type === 'declare form') {
        const leads = await wouldLead({ sql, policy }, arrival.by, asked.prefill.services);
        return declareModal({ policy, prefill: asked.prefill, origin: null, open: [], leads });
      }
      if (asked.type !== 'form') return null;
      const incident = asked.incident ?? (await readIncidentOfRoom(sql, arrival.channel))?.id ?? null;
      return incident === null
        ? null
        : incidentForm(
            { sql, policy },
            { form: asked.form, incident, subject: asked.form === 'alarm' ? asked.subject : null },
          );
    }
    case 'action': {
      const action = decodeAction({ value: arrival.value, by: arrival.by });
      if (action?.type !== 'open') return null;
      if (action.form === 'declare') {
        const filled = await prefillOf(sql, policy, action.subject);
        const leads = await wouldLead({ sql, policy }, arrival.by, filled.prefill.services);
        return declareModal({ policy, ...filled, origin: null, open: [], leads });
      }
      const { form, subject } = action;
      const incident = action.incident ?? (await incidentOf(sql, arrival.channel));
      return incident === null ? null : incidentForm({ sql, policy }, { form, incident, subject });
    }
    case 'shortcut':
      if (arrival.callback === 'declare_incident') {
        return declareModal({ policy, prefill: nothing, origin: null, open: [] });
      }
      if (arrival.callback === 'declare_from_message' && arrival.message !== null) {
        return declareFromMessage(policy, arrival.message);
      }
      return null;
    case 'submission':
      return null;
  }
}

async function incidentForm(
  { sql, policy }: Pick<FormContext, 'sql' | 'policy'>,
  ask: Pick<IncidentFormAsk, 'form' | 'incident' | 'subject'>,
): Promise<ModalView> {
  const alarms = ask.form === 'alarm' ? ((await readIncident(sql, ask.incident))?.watches ?? []) : [];
  const groups = ask.form === 'page' ? await readGroups(sql) : [];
  return incidentModal({ ...ask, alarms: alarms.map(({ name }) => name), policy, groups });
}

/** Whoever is called for one of these services is asked to lead; whoever only saw it is not. */
async function wouldLead(
  { sql, policy }: Pick<FormContext, 'sql' | 'policy'>,
  by: PersonId,
  services: readonly ServiceName[],
): Promise<boolean> {
  return services.length > 0 && isInLevels(by, { services, policy, groups: await readMembers(sql) });
}

async function incidentOf(sql: Sql, channel: string | null): Promise<IncidentId | null> {
  return channel === null ? null : ((await readIncidentOfRoom(sql, channel))?.id ?? null);
}

function declareFromMessage(policy: Policy, message: SharedMessage): ModalView {
  const title = bounded(oneLine(fromSlack(message.text)), mostTitle);
  const origin = { channel: message.channel, message: message.thread };
  return declareModal({ policy, prefill: { ...nothing, title }, origin, open: [] });
}

/** Shows in the form what is open on the services chosen so far. */
async function showOpenOnes({ sql, slack, policy }: FormContext, view: View, by: PersonId): Promise<void> {
  const services = readServices(view.values);
  const open = services.length === 0 ? [] : await readOpenIncidentsOn(sql, services);
  const updated = declareModal({
    policy,
    prefill: readPrefill(view.values),
    origin: readOrigin(view.metadata),
    line: readAlarmLine(view.metadata),
    open: open.filter((incident) => !incident.test),
    leads: await wouldLead({ sql, policy }, by, services),
  });
  await slack.run('views.update', null, (web) =>
    web.views.update({ view_id: view.id, view: updated, ...(view.hash === null ? {} : { hash: view.hash }) }),
  );
}
