/** AWS Support's answers: the cases of the caller's account. */
import { randomBytes, randomInt } from 'node:crypto';
import { z } from 'zod';
import { AwsError, type Caller } from './wire.ts';

export type Communication = { readonly body: string; readonly by: string; readonly at: number };

/** Times in epoch milliseconds. */
export type SupportCase = {
  readonly caseId: string;
  readonly displayId: string;
  readonly account: string;
  readonly subject: string;
  readonly status: 'unassigned' | 'pending-customer-action' | 'customer-action-completed' | 'resolved' | 'reopened';
  readonly severityCode: string;
  readonly serviceCode: string;
  readonly categoryCode: string;
  readonly language: string;
  readonly ccEmailAddresses: readonly string[];
  readonly createdAt: number;
  readonly communications: readonly Communication[];
};

export type SupportDesk = {
  /** Answers one operation. @throws AwsError as Support would answer. */
  answer(operation: string, input: unknown, caller: Caller): unknown;
  list(): readonly SupportCase[];
  /** An answer from AWS in a case. */
  reply(caseId: string, text: string): void;
  /** Whether the account pays for a plan with cases; without one every call is refused. */
  setPlan(account: string, paid: boolean): void;
};

const severities = [
  { code: 'low', name: 'Low' },
  { code: 'normal', name: 'Normal' },
  { code: 'high', name: 'High' },
  { code: 'urgent', name: 'Urgent' },
  { code: 'critical', name: 'Critical' },
];

const services = [
  {
    code: 'amazon-elastic-compute-cloud-linux',
    name: 'Elastic Compute Cloud (EC2 - Linux)',
    categories: [
      { code: 'instance-issue', name: 'Instance Issue' },
      { code: 'other', name: 'Other' },
    ],
  },
  {
    code: 'amazon-relational-database-service-aurora',
    name: 'Relational Database Service (Aurora)',
    categories: [
      { code: 'performance', name: 'Performance' },
      { code: 'other', name: 'Other' },
    ],
  },
  { code: 'general-info', name: 'General Info and Getting Started', categories: [{ code: 'other', name: 'Other' }] },
];

const severityCode = z.enum(['low', 'normal', 'high', 'urgent', 'critical']);
const body = z.string().min(1).max(8000);
const paging = { maxResults: z.int().min(10).max(100).optional(), nextToken: z.string().optional() };
const inputs = {
  createCase: z.object({
    subject: z.string().min(1),
    communicationBody: body,
    severityCode: severityCode.optional(),
    serviceCode: z.string().optional(),
    categoryCode: z.string().optional(),
    language: z.string().optional(),
    ccEmailAddresses: z.array(z.string()).max(10).optional(),
    dryRun: z.boolean().optional(),
  }),
  describeCases: z.object({
    caseIdList: z.array(z.string()).max(100).optional(),
    displayId: z.string().optional(),
    afterTime: z.iso.datetime({ offset: true }).optional(),
    beforeTime: z.iso.datetime({ offset: true }).optional(),
    includeResolvedCases: z.boolean().optional(),
    includeCommunications: z.boolean().optional(),
    ...paging,
  }),
  addCommunication: z.object({
    caseId: z.string().optional(),
    communicationBody: body,
    dryRun: z.boolean().optional(),
  }),
  describeCommunications: z.object({ caseId: z.string(), ...paging }),
  resolveCase: z.object({ caseId: z.string().optional(), dryRun: z.boolean().optional() }),
  anything: z.object({ serviceCodeList: z.array(z.string()).max(100).optional() }),
};

/** Holds the cases and answers Support's operations; `onChange` is called after every change. */
export function createSupportDesk(setup: {
  readonly now: () => number;
  readonly onChange: () => void;
  readonly saved: readonly SupportCase[];
}): SupportDesk {
  const { now, onChange } = setup;
  const cases = new Map(setup.saved.map((known) => [known.caseId, known]));
  const withoutPlan = new Set<string>();

  function find(caseId: string | undefined, account?: string): SupportCase {
    const found = cases.get(caseId ?? '');
    if (found === undefined || (account !== undefined && found.account !== account))
      throw new AwsError('CaseIdNotFound', `No case found with ID ${caseId}`);
    return found;
  }

  function save(changed: SupportCase): void {
    cases.set(changed.caseId, changed);
    onChange();
  }

  function createCase(input: z.infer<typeof inputs.createCase>, account: string): unknown {
    const year = new Date(now()).getUTCFullYear();
    const caseId = `case-${account}-muen-${year}-${randomBytes(8).toString('hex')}`;
    save({
      caseId,
      displayId: `${randomInt(10_000_000, 99_999_999)}0000`,
      account,
      subject: input.subject,
      status: 'unassigned',
      severityCode: input.severityCode ?? 'low',
      serviceCode: input.serviceCode ?? 'general-info',
      categoryCode: input.categoryCode ?? 'other',
      language: input.language ?? 'en',
      ccEmailAddresses: input.ccEmailAddresses ?? [],
      createdAt: now(),
      communications: [{ body: input.communicationBody, by: `${account} <root>`, at: now() }],
    });
    return { caseId };
  }

  function describeCases(input: z.infer<typeof inputs.describeCases>, account: string): unknown {
    const found = [...cases.values()]
      .filter((known) => known.account === account)
      .filter((known) => input.caseIdList?.includes(known.caseId) ?? true)
      .filter((known) => input.displayId === undefined || known.displayId === input.displayId)
      .filter((known) => known.createdAt >= Date.parse(input.afterTime ?? '1970-01-01T00:00:00Z'))
      .filter((known) => known.createdAt <= Date.parse(input.beforeTime ?? '9999-01-01T00:00:00Z'))
      .filter((known) => input.includeResolvedCases === true || known.status !== 'resolved')
      .toSorted((a, b) => b.createdAt - a.createdAt);
    const { page, next } = takePage(found, input);
    return { cases: page.map((known) => showCase(known, input.includeCommunications ?? true)), ...next };
  }

  function answer(operation: string, input: unknown, { account }: Caller): unknown {
    if (withoutPlan.has(account))
      throw new AwsError(
        'SubscriptionRequiredException',
        'Amazon Web Services Premium Support Subscription is required to use this service.',
      );
    switch (operation) {
      case 'CreateCase': {
        const asked = read(inputs.createCase, input);
        refuseDryRun(asked.dryRun);
        return createCase(asked, account);
      }
      case 'DescribeCases':
        return describeCases(read(inputs.describeCases, input), account);
      case 'DescribeSeverityLevels':
        return { severityLevels: severities };
      case 'DescribeServices': {
        const { serviceCodeList } = read(inputs.anything, input);
        return { services: services.filter(({ code }) => serviceCodeList?.includes(code) ?? true) };
      }
      case 'AddCommunicationToCase': {
        const asked = read(inputs.addCommunication, input);
        const known = find(asked.caseId, account);
        refuseDryRun(asked.dryRun);
        const said = { body: asked.communicationBody, by: `${account} <root>`, at: now() };
        const status = known.status === 'resolved' ? 'reopened' : 'customer-action-completed';
        save({ ...known, status, communications: [...known.communications, said] });
        return { result: true };
      }
      case 'DescribeCommunications': {
        const asked = read(inputs.describeCommunications, input);
        const known = find(asked.caseId, account);
        const { page, next } = takePage(known.communications.toReversed(), asked);
        return { communications: page.map((said) => showCommunication(known, said)), ...next };
      }
      case 'ResolveCase': {
        const asked = read(inputs.resolveCase, input);
        const known = find(asked.caseId, account);
        refuseDryRun(asked.dryRun);
        save({ ...known, status: 'resolved' });
        return { initialCaseStatus: known.status, finalCaseStatus: 'resolved' };
      }
      default:
        throw new AwsError('UnknownOperationException', '', { silent: true });
    }
  }

  return {
    answer,
    list: () => [...cases.values()],
    reply(caseId: string, text: string): void {
      const known = find(caseId);
      const said = { body: text, by: 'Amazon Web Services', at: now() };
      save({ ...known, status: 'pending-customer-action', communications: [...known.communications, said] });
    },
    setPlan(account: string, paid: boolean): void {
      if (paid) withoutPlan.delete(account);
      else withoutPlan.add(account);
    },
  };
}

function read<S extends z.ZodType>(schema: S, input: unknown): z.infer<S> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.join('.');
  throw new AwsError('ValidationException', `1 validation error detected: Value at '${field}' ${issue?.message}`);
}

function refuseDryRun(dryRun: boolean | undefined): void {
  if (dryRun === true)
    throw new AwsError('DryRunOperationException', 'Request would have succeeded, but the dryRun flag is set.');
}

function takePage<T>(
  all: readonly T[],
  asked: { readonly maxResults?: number | undefined; readonly nextToken?: string | undefined },
): { readonly page: readonly T[]; readonly next: { readonly nextToken?: string } } {
  const size = asked.maxResults ?? 100;
  const from = Number(/^page-(\d+)$/.exec(asked.nextToken ?? 'page-0')?.[1] ?? 0);
  return {
    page: all.slice(from, from + size),
    next: from + size < all.length ? { nextToken: `page-${from + size}` } : {},
  };
}

function showCase(known: SupportCase, communications: boolean): unknown {
  const { createdAt, communications: said, account, ...rest } = known;
  const recent = said.slice(-5).toReversed();
  return {
    ...rest,
    submittedBy: `${account} <root>`,
    timeCreated: new Date(createdAt).toISOString(),
    ...(communications
      ? { recentCommunications: { communications: recent.map((one) => showCommunication(known, one)) } }
      : {}),
  };
}

function showCommunication(known: SupportCase, said: Communication): unknown {
  return {
    caseId: known.caseId,
    body: said.body,
    submittedBy: said.by,
    timeCreated: new Date(said.at).toISOString(),
    attachmentSet: [],
  };
}
