/** How AWS requests and answers look on the wire: who asks what in which region, and an error as the SDK expects it. */
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { z } from 'zod';

export type AwsService = 'cloudwatch' | 'support' | 'sts' | 'sqs' | 'sns';

/** The one who asks: all that a stand-in knows of the caller. */
export type Caller = { readonly account: string; readonly region: string };

export type AwsRequest = Caller & {
  readonly service: AwsService;
  readonly operation: string;
  readonly input: unknown;
};

export type AwsReply = { readonly status: number; readonly headers: Record<string, string>; readonly body: string };

/** An error that the caller is to see. `queryCode` is the name that the service's older protocol gave it. */
export class AwsError extends Error {
  readonly type: string;
  readonly status: number;
  readonly queryCode: string | undefined;
  /** Some of CloudWatch's errors come without any message. */
  readonly silent: boolean;
  constructor(
    type: string,
    message: string,
    said: { readonly status?: number; readonly queryCode?: string; readonly silent?: boolean } = {},
  ) {
    super(message);
    this.type = type;
    this.status = said.status ?? 400;
    this.queryCode = said.queryCode;
    this.silent = said.silent ?? false;
  }
}

/** A request that breaks a rule about its fields, as CloudWatch says it. */
export function validationError(message: string): AwsError {
  return new AwsError('com.amazon.coral.validate#ValidationException', message, { queryCode: 'ValidationError' });
}

/** Reads the fields of a request. @throws AwsError when one has the wrong type or is missing. */
export function readInput<S extends z.ZodType>(schema: S, input: unknown): z.infer<S> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw validationError(`1 validation error detected: Value at '${issue?.path.join('.')}' ${issue?.message}`);
}

const targets: Readonly<Record<string, AwsService>> = {
  GraniteServiceVersion20100801: 'cloudwatch',
  AWSSupport_20130415: 'support',
  AmazonSQS: 'sqs',
};
const snsVersion = '2010-03-31';

/**
 * What a request asks for. The region comes from the signature's scope; the account from the access key: a known one,
 * one that `AssumeRole` here gave out, else the default. What one may GET from SNS needs no signature.
 * @throws AwsError for any other request without a signature, or of a protocol that the SDK for JavaScript does not speak.
 */
export async function readRequest(
  request: IncomingMessage,
  accounts: Readonly<Record<string, string>>,
  defaults: Caller,
): Promise<AwsRequest> {
  if (request.method === 'GET') return readSnsGet(request, defaults);
  const body = await text(request);
  const scope = /Credential=([^/,\s]+)\/\d{8}\/([^/]+)\/[^/]+\/aws4_request/.exec(request.headers.authorization ?? '');
  const [, accessKey, region] = scope ?? [];
  if (accessKey === undefined || region === undefined)
    throw new AwsError('MissingAuthenticationTokenException', 'Missing Authentication Token', { status: 403 });
  const account = accounts[accessKey] ?? /^ASIA(\d{12})/.exec(accessKey)?.[1] ?? defaults.account;
  if (request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true) {
    const form = Object.fromEntries(new URLSearchParams(body));
    const service = form['Version'] === snsVersion ? 'sns' : 'sts';
    return { service, operation: form['Action'] ?? '', input: form, account, region };
  }
  const [prefix, operation] = String(request.headers['x-amz-target'] ?? '').split('.');
  const service = targets[prefix ?? ''];
  if (service === undefined || operation === undefined)
    throw new AwsError('UnknownOperationException', '', { status: 404, silent: true });
  try {
    const input: unknown = JSON.parse(body === '' ? '{}' : body);
    return { service, operation, input, account, region };
  } catch {
    throw new AwsError('SerializationException', 'The request body is not JSON');
  }
}

/** The certificate, which has no operation of its own, is asked for as `GetSigningCertificate` here. */
function readSnsGet(request: IncomingMessage, defaults: Caller): AwsRequest {
  const url = new URL(request.url ?? '/', 'http://sns');
  const certificate = /^\/(SimpleNotificationService-[0-9a-f]{32}\.pem)$/.exec(url.pathname)?.[1];
  if (certificate !== undefined)
    return { service: 'sns', operation: 'GetSigningCertificate', input: { name: certificate }, ...defaults };
  const input = Object.fromEntries(url.searchParams);
  return { service: 'sns', operation: input['Action'] ?? '', input, ...defaults };
}

/** A successful answer. */
export function jsonReply(service: AwsService, output: unknown): AwsReply {
  return { status: 200, headers: { 'content-type': contentType(service) }, body: JSON.stringify(output) };
}

/** An error as the service says it. */
export function errorReply(service: AwsService, error: AwsError): AwsReply {
  const headers: Record<string, string> = { 'content-type': contentType(service) };
  const fault = error.status < 500 ? 'Sender' : 'Receiver';
  if (service === 'sns' || service === 'sts') {
    const code = error.queryCode ?? error.type;
    const body = `<ErrorResponse><Error><Type>${fault}</Type><Code>${code}</Code><Message>${xml(error.message)}</Message></Error></ErrorResponse>`;
    return { status: error.status, headers, body };
  }
  if (error.queryCode !== undefined) headers['x-amzn-query-error'] = `${error.queryCode};${fault}`;
  const body = error.silent ? { __type: error.type } : { __type: error.type, message: error.message };
  return { status: error.status, headers, body: JSON.stringify(body) };
}

export function xml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function contentType(service: AwsService): string {
  switch (service) {
    case 'sts':
    case 'sns':
      return 'text/xml';
    case 'support':
      return 'application/x-amz-json-1.1';
    case 'cloudwatch':
    case 'sqs':
      return 'application/x-amz-json-1.0';
  }
}
