/** Which pagers of the catalog can be used with what the environment gives. */
import { type Config, pagerVariable } from './config.ts';
import type { Pager, PagerName, Policy } from './incident/policy.ts';
import { isWebhookSecret } from './pager/sign-webhook.ts';

export type PagersReady = {
  /** The policy with those pagers alone that can be used. */
  readonly policy: Policy;
  readonly keys: ReadonlyMap<PagerName, string>;
  /** Optional ones that have no key. */
  readonly leftOut: readonly PagerName[];
};

/** Names the variables that are missing or wrong, never their values. */
export function readyPagers(
  policy: Policy,
  { pagerVariables }: Pick<Config, 'pagerVariables'>,
): (PagersReady & { readonly ok: true }) | { readonly ok: false; readonly problems: readonly string[] } {
  const problems: string[] = [];
  const keys = new Map<PagerName, string>();
  for (const pager of policy.pagers) {
    const variable = pagerVariable(pager.name, 'KEY');
    const key = pagerVariables[variable];
    if (key !== undefined && isKey(pager, key)) keys.set(pager.name, key);
    else if (key !== undefined) problems.push(`${variable} must be ${described[pager.type]}`);
    else if (!pager.optional) problems.push(`${variable} is missing: the catalog's pager "${pager.name}" needs it`);
  }
  if (problems.length > 0) return { ok: false, problems };
  const usable = policy.pagers.filter(({ name }) => keys.has(name));
  return {
    ok: true,
    policy: {
      ...policy,
      pagers: usable.map((pager) => withAddress(pager, pagerVariables)),
      services: policy.services.map((service) =>
        service.pager === null || keys.has(service.pager) ? service : { ...service, pager: null },
      ),
    },
    keys,
    leftOut: policy.pagers.filter((pager) => !usable.includes(pager)).map(({ name }) => name),
  };
}

const described = {
  pagerduty: 'the integration key of an Events API v2 integration, which has 32 letters and digits',
  webhook: 'a signing secret: "whsec_", and then 24 to 64 bytes in base64',
} satisfies { readonly [T in Pager['type']]: string };

function isKey({ type }: Pager, key: string): boolean {
  switch (type) {
    case 'pagerduty':
      return /^[A-Za-z0-9]{32}$/.test(key);
    case 'webhook':
      return isWebhookSecret(key);
  }
}

/** A stand-in takes the place of the address in the catalog. */
function withAddress(pager: Pager, variables: Config['pagerVariables']): Pager {
  if (pager.type !== 'webhook') return pager;
  return { ...pager, url: variables[pagerVariable(pager.name, 'URL')] ?? pager.url };
}
