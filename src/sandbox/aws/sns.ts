/** SNS's answers on the wire: its certificate, and what a receiver may do with a subscription. */
import { z } from 'zod';
import type { Signer } from './sns-signature.ts';
import type { Topics } from './topics.ts';
import { AwsError, readInput, xml, type AwsReply } from './wire.ts';

const inputs = {
  certificate: z.object({ name: z.string() }),
  confirm: z.object({ TopicArn: z.string(), Token: z.string() }),
  unsubscribe: z.object({ SubscriptionArn: z.string() }),
};

/** Answers one operation. @throws AwsError as SNS would answer. */
export async function answerSns(
  operation: string,
  input: unknown,
  world: { readonly topics: Topics; readonly signer: () => Promise<Signer> },
): Promise<AwsReply> {
  switch (operation) {
    case 'GetSigningCertificate': {
      const { name } = readInput(inputs.certificate, input);
      const { fileName, certificate } = await world.signer();
      if (name !== fileName) throw new AwsError('NoSuchKey', 'The specified key does not exist.', { status: 404 });
      return { status: 200, headers: { 'content-type': 'application/x-pem-file' }, body: certificate };
    }
    case 'ConfirmSubscription': {
      const { TopicArn, Token } = readInput(inputs.confirm, input);
      const arn = world.topics.confirm(TopicArn, Token);
      if (arn === null) throw new AwsError('InvalidParameter', 'Invalid parameter: Token');
      return answer(operation, `<SubscriptionArn>${xml(arn)}</SubscriptionArn>`);
    }
    case 'Unsubscribe':
      world.topics.unsubscribe(readInput(inputs.unsubscribe, input).SubscriptionArn);
      return answer(operation, '');
    default:
      throw new AwsError('InvalidAction', `The action ${operation} is not valid for this web service.`);
  }
}

function answer(operation: string, result: string): AwsReply {
  const body =
    `<${operation}Response xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><${operation}Result>${result}</${operation}Result>` +
    `<ResponseMetadata><RequestId>${crypto.randomUUID()}</RequestId></ResponseMetadata></${operation}Response>`;
  return { status: 200, headers: { 'content-type': 'text/xml' }, body };
}
