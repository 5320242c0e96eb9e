/** What an alarm's ARN says, and where people can look at the alarm. */
import type { AlarmArn } from '../incident/incident.ts';
import { cutAt, plainLine } from '../outside-text.ts';

export type AlarmPlace = {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
  readonly name: string;
};

/** `null` when it is no ARN of an alarm. The name may hold colons, slashes and any letter. */
export function readArn(alarm: AlarmArn): AlarmPlace | null {
  const match = /^arn:(aws[a-z-]*):cloudwatch:([a-z0-9-]+):(\d{12}):alarm:(.+)$/s.exec(alarm);
  const [, partition, region, account, name] = match ?? [];
  if (partition === undefined || region === undefined || account === undefined || name === undefined) return null;
  return { partition, region, account, name };
}

/** The alarm's name for people: on one line, and nothing in it passes for the mention of somebody. */
export function nameForPeople(name: string): string {
  return cutAt(plainLine(name).replace(/<(?=[@#!])/g, '‹'), 255);
}

const consoles: { readonly [partition: string]: string } = {
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
  'aws-eusc': 'console.amazonaws-eusc.eu',
};

/** The alarm's page in the console of its region; `null` when it has none that is known. */
export function consoleLink(alarm: AlarmArn): string | null {
  const place = readArn(alarm);
  const host =
    place === null
      ? undefined
      : place.partition === 'aws'
        ? `${place.region}.console.aws.amazon.com`
        : consoles[place.partition];
  if (place === null || host === undefined) return null;
  const name = encodeURIComponent(place.name.toWellFormed());
  return `https://${host}/cloudwatch/home?region=${place.region}#alarmsV2:alarm/${name}`;
}

/** The alarm with the account and the region that it lives in (empty when its ARN does not say), and its page. */
export function located<A extends { readonly alarm: AlarmArn }>(
  alarm: A,
): A & { readonly account: string; readonly region: string; readonly link: string | null } {
  const place = readArn(alarm.alarm);
  return { ...alarm, account: place?.account ?? '', region: place?.region ?? '', link: consoleLink(alarm.alarm) };
}
