/** How AWS requests and answers look on the wire: who asks what in which region, and an error as the SDK expects it. */
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { z } from 'zod';

export type AwsService = 'cloudwatch' | 'support' | 'sts';

/** The one who asks: all that a stand-in knows of the caller. */
export type Caller = { readonly account: string; readonly region: string };

export type AwsRequest = Caller & {
  readonly service: AwsService;
  readonly operation: string;
  readonly input: unknown;
};

export type AwsReply = { readonly status: number; readonly headers: Record<string, string>; readonly body: string };

/** An error that the caller is to see. `queryCode` is the name that CloudWatch's older protocol gave it. */
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
};

/**
 * What a request asks for. The region comes from the signature's scope; the account from the access key: a known one,
 * one that `AssumeRole` here gave out, else the default.
 * @throws AwsError for a request without a signature or of a protocol that the SDK for JavaScript does not speak.
 */
export async function readRequest(
  request: IncomingMessage,
  accounts: Readonly<Record<string, string>>,
  defaultAccount: string,
): Promise<AwsRequest> {
  const body = await text(request);
  const scope = /Credential=([^/,\s]+)\/\d{8}\/([^/]+)\/[^/]+\/aws4_request/.exec(request.headers.authorization ?? '');
  const [, accessKey, region] = scope ?? [];
  if (accessKey === undefined || region === undefined)
    throw new AwsError('MissingAuthenticationTokenException', 'Missing Authentication Token', { status: 403 });
  const account = accounts[accessKey] ?? /^ASIA(\d{12})/.exec(accessKey)?.[1] ?? defaultAccount;
  if (request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true) {
    const form = Object.fromEntries(new URLSearchParams(body));
    return { service: 'sts', operation: form['Action'] ?? '', input: form, account, region };
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

/** A successful answer. */
export function jsonReply(service: AwsService, output: unknown): AwsReply {
  return { status: 200, headers: { 'content-type': contentType(service) }, body: JSON.stringify(output) };
}

/** An error as the service says it. */
export function errorReply(service: AwsService, error: AwsError): AwsReply {
  const headers: Record<string, string> = { 'content-type': contentType(service) };
  if (error.queryCode !== undefined)
    headers['x-amzn-query-error'] = `${error.queryCode};${error.status < 500 ? 'Sender' : 'Receiver'}`;
  const body = error.silent ? { __type: error.type } : { __type: error.type, message: error.message };
  return { status: error.status, headers, body: JSON.stringify(body) };
}

function contentType(service: AwsService): string {
  if (service === 'sts') return 'text/xml';
  return service === 'support' ? 'application/x-amz-json-1.1' : 'application/x-amz-json-1.0';
}
