/** What several of CloudWatch's answers have in common: whose things they show, and page by page. */
import { z } from 'zod';
import { AwsError, validationError, type Caller } from './wire.ts';

export const paging = { MaxRecords: z.int().optional(), NextToken: z.string().optional() };

export function isOf(owned: Caller, caller: Caller): boolean {
  return owned.account === caller.account && owned.region === caller.region;
}

/** The page that is asked for. @throws AwsError for a wrong size or token. */
export function takePage<T>(
  all: readonly T[],
  asked: { readonly MaxRecords?: number | undefined; readonly NextToken?: string | undefined },
  usual: number,
): { readonly page: readonly T[]; readonly next: { readonly NextToken?: string } } {
  const size = asked.MaxRecords ?? usual;
  if (size < 1 || size > 100)
    throw validationError(
      "1 validation error detected: Value at 'maxRecords' failed to satisfy constraint: Member must be between 1 and 100",
    );
  const from = asked.NextToken === undefined ? 0 : Number(/^page-(\d+)$/.exec(asked.NextToken)?.[1] ?? Number.NaN);
  if (Number.isNaN(from))
    throw new AwsError('com.amazonaws.cloudwatch.v2010_08_01#InvalidNextToken', '', {
      queryCode: 'InvalidNextToken',
      silent: true,
    });
  const more = from + size < all.length;
  return { page: all.slice(from, from + size), next: more ? { NextToken: `page-${from + size}` } : {} };
}
