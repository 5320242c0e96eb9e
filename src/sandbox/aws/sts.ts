/** STS's only answer here: AssumeRole. */
import { randomBytes } from 'node:crypto';
import { AwsError, xml, type AwsReply } from './wire.ts';

/** Gives out a key that names the role's account, by which later calls are counted to that account. */
export function answerSts(operation: string, input: unknown): AwsReply {
  const form = new Map(Object.entries(input ?? {}));
  const role = String(form.get('RoleArn') ?? '');
  const account = /^arn:aws:iam::(\d{12}):role\/[\w+=,.@/-]+$/.exec(role)?.[1];
  if (operation !== 'AssumeRole') throw new AwsError('InvalidAction', 'InvalidAction');
  if (account === undefined) throw new AwsError('ValidationError', 'ValidationError');
  const key = `ASIA${account}${randomBytes(4).toString('hex').toUpperCase()}`;
  const until = new Date(Date.now() + 3_600_000).toISOString();
  const body =
    `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>` +
    `<AccessKeyId>${key}</AccessKeyId><SecretAccessKey>sandbox</SecretAccessKey><SessionToken>sandbox</SessionToken>` +
    `<Expiration>${until}</Expiration></Credentials><AssumedRoleUser><Arn>${xml(role)}/session</Arn>` +
    `<AssumedRoleId>AROASANDBOX:session</AssumedRoleId></AssumedRoleUser></AssumeRoleResult></AssumeRoleResponse>`;
  return { status: 200, headers: { 'content-type': 'text/xml' }, body };
}
