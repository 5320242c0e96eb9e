/** How SNS signs what it sends: with a key of its own, whose certificate lies at an address of SNS. */
import { createHash, createPrivateKey, sign as signData } from 'node:crypto';
import { promisify } from 'node:util';
import { generate } from 'selfsigned';

export type SignatureVersion = '1' | '2';

/** The fields of a message of SNS, all of them text. */
export type SnsFields = { readonly [name: string]: string };

export type Signer = {
  /** The file name under which SNS serves the certificate, and the certificate as PEM. */
  readonly fileName: string;
  readonly certificate: string;
  /** The fields with `SignatureVersion`, `Signature` and `SigningCertURL`. The region is that of `TopicArn`. */
  sign(fields: SnsFields, version: SignatureVersion): Promise<SnsFields>;
};

const signedFields: Readonly<Record<string, readonly string[]>> = {
  Notification: ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'],
  SubscriptionConfirmation: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
  UnsubscribeConfirmation: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
};
const algorithms = { '1': 'RSA-SHA1', '2': 'RSA-SHA256' };
const signInBackground = promisify(signData);

/** Gives the signer; the key is made when it is first asked for, which takes a moment. */
export function createSigner(): () => Promise<Signer> {
  let signer: Promise<Signer> | undefined;
  return () => (signer ??= makeSigner());
}

async function makeSigner(): Promise<Signer> {
  const made = await generate([{ name: 'commonName', value: 'sns.amazonaws.com' }], {
    keySize: 2048,
    algorithm: 'sha256',
    // The sandbox's clock may be moved far.
    notBeforeDate: new Date('2000-01-01T00:00:00Z'),
    notAfterDate: new Date('2049-12-31T00:00:00Z'),
  });
  const hash = createHash('sha256').update(made.cert).digest('hex').slice(0, 32);
  const key = createPrivateKey(made.private);
  const fileName = `SimpleNotificationService-${hash}.pem`;
  return {
    fileName,
    certificate: made.cert,
    async sign(fields, version) {
      const text = textToSign(fields);
      const signature = await signInBackground(algorithms[version], Buffer.from(text), key);
      const region = fields['TopicArn']?.split(':')[3] ?? '';
      return {
        ...fields,
        SignatureVersion: version,
        Signature: signature.toString('base64'),
        SigningCertURL: `${snsOrigin(region)}/${fileName}`,
      };
    },
  };
}

/** The address of SNS in a region. */
export function snsOrigin(region: string): string {
  if (region.startsWith('cn-')) return `https://sns.${region}.amazonaws.com.cn`;
  return `https://sns.${region}.amazonaws.${region.startsWith('eusc-') ? 'eu' : 'com'}`;
}

function textToSign(fields: SnsFields): string {
  return (signedFields[fields['Type'] ?? ''] ?? [])
    .flatMap((name) => (fields[name] === undefined ? [] : [`${name}\n${fields[name]}\n`]))
    .join('');
}
