/** What a topic's ARN says, and the one host that speaks for the topic. */

export type Topic = {
  readonly arn: string;
  readonly region: string;
  /** Where certificates and confirmations of this topic are, such as `sns.eu-west-1.amazonaws.com`. */
  readonly host: string;
};

const suffixes: { readonly [partition: string]: string } = {
  aws: 'amazonaws.com',
  'aws-us-gov': 'amazonaws.com',
  'aws-cn': 'amazonaws.com.cn',
  'aws-eusc': 'amazonaws.eu',
};

/** `null` when it is no ARN of a topic in a partition that is known. */
export function readTopic(arn: string): Topic | null {
  const match = /^arn:(aws[a-z-]*):sns:([a-z]{2,8}(?:-[a-z0-9]+)+):\d{12}:[\w-]{1,256}(?:\.fifo)?$/.exec(arn);
  const [, partition = '', region = ''] = match ?? [];
  const suffix = Object.hasOwn(suffixes, partition) ? suffixes[partition] : undefined;
  return suffix === undefined ? null : { arn, region, host: `sns.${region}.${suffix}` };
}
