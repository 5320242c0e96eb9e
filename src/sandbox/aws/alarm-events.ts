/** What CloudWatch sends to EventBridge of an alarm: changes of its state, of its series and of its configuration. */
import { randomUUID } from 'node:crypto';
import { suppressionReason } from './alarm-shapes.ts';
import type { AlarmHappening } from './alarm-store.ts';
import { stampOf } from './alarm-reasons.ts';
import type { Alarm } from './alarms.ts';
import type { Mute } from './mute-rules.ts';

/** The event as JSON text; `mute` is the window that the alarm is in. */
export function eventOf(happening: AlarmHappening, now: number, mute: Mute | null): string {
  const { alarm } = happening;
  const muted = mute && {
    muteDetail: {
      mutedByArn: mute.ruleArn,
      muteWindowStart: stampOf(mute.from),
      muteWindowEnd: stampOf(mute.to),
    },
  };
  return JSON.stringify({
    version: '0',
    id: randomUUID(),
    'detail-type': kinds[happening.type],
    source: 'aws.cloudwatch',
    account: alarm.account,
    time: `${new Date(timeOf(happening, now)).toISOString().slice(0, 19)}Z`,
    region: alarm.region,
    resources: [alarm.arn],
    detail: { alarmName: alarm.name, ...detailOf(happening), ...muted },
  });
}

const kinds: Readonly<Record<AlarmHappening['type'], string>> = {
  turned: 'CloudWatch Alarm State Change',
  'contributor turned': 'CloudWatch Alarm Contributor State Change',
  configured: 'CloudWatch Alarm Configuration Change',
};

function timeOf(happening: AlarmHappening, now: number): number {
  switch (happening.type) {
    case 'turned':
      return happening.alarm.transitionedAt;
    case 'contributor turned':
      return happening.contributor.transitionedAt;
    case 'configured':
      return happening.operation === 'delete' ? now : happening.alarm.configuredAt;
  }
}

function detailOf(happening: AlarmHappening): object {
  const { alarm } = happening;
  switch (happening.type) {
    case 'turned':
      return {
        state: { ...stateOf(alarm), ...suppressionOf(alarm) },
        previousState: stateOf(happening.before),
        configuration: { ...watchedBy(alarm), description: alarm.description },
        ...tagsOf(alarm),
      };
    case 'contributor turned': {
      const { id, attributes, state, reason, transitionedAt } = happening.contributor;
      return {
        alarmContributor: { id, attributes },
        state: { value: state, reason, timestamp: stampOf(transitionedAt) },
        configuration: { ...watchedBy(alarm), description: alarm.description },
        ...tagsOf(alarm),
      };
    }
    case 'configured':
      return {
        operation: happening.operation,
        state: { value: alarm.state, timestamp: stampOf(alarm.updatedAt), ...suppressionOf(alarm) },
        configuration: configurationOf(alarm),
        ...(happening.operation === 'update' && { previousConfiguration: configurationOf(happening.before) }),
      };
  }
}

function stateOf(alarm: Alarm): object {
  return {
    value: alarm.state,
    ...(alarm.reason === '' ? {} : { reason: alarm.reason }),
    ...(alarm.reasonData === null ? {} : { reasonData: alarm.reasonData }),
    timestamp: stampOf(alarm.transitionedAt),
  };
}

function suppressionOf({ suppressedBy }: Alarm): object {
  if (suppressedBy === null) return {};
  return { actionsSuppressedBy: suppressedBy, actionsSuppressedReason: suppressionReason(suppressedBy) };
}

function tagsOf(alarm: Alarm): object {
  return alarm.tagsInMessages ? { alarmTags: alarm.tags, alarmTagsStatus: 'SUCCESS' } : {};
}

function configurationOf(alarm: Alarm): object {
  const evaluated = {
    evaluationPeriods: alarm.evaluationPeriods,
    datapointsToAlarm: alarm.datapointsToAlarm,
    threshold: alarm.threshold,
    comparisonOperator: alarm.comparison,
    treatMissingData: alarm.treatMissingData,
  };
  return {
    ...(alarm.kind === 'composite' ? {} : evaluated),
    ...watchedBy(alarm),
    alarmName: alarm.name,
    description: alarm.description,
    actionsEnabled: alarm.actionsEnabled,
    timestamp: stampOf(alarm.configuredAt),
    okActions: alarm.okActions,
    alarmActions: alarm.actions,
    insufficientDataActions: alarm.insufficientDataActions,
  };
}

function watchedBy(alarm: Alarm): object {
  switch (alarm.kind) {
    case 'composite':
      return { alarmRule: alarm.compositeRule };
    case 'log':
      return { queryString: alarm.query, logGroups: alarm.logGroups };
    case 'metric': {
      const { dimensions, metric: name, namespace, periodSeconds: period, statistic: stat } = alarm;
      const whole = alarm.expression === null;
      const metric = {
        id: 'm1',
        metricStat: { metric: { dimensions, name, namespace }, period, stat },
        returnData: whole,
      };
      const formula = { id: 'e1', expression: alarm.expression, label: name, returnData: true };
      return { metrics: whole ? [metric] : [formula, metric] };
    }
  }
}
