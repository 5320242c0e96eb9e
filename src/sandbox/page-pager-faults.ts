/** What can be made to go wrong with pagers. */
import type { PagerFault } from './pager/faults.ts';
import type { SandboxPager } from './pager/pager.ts';

type Switch = { readonly name: string; readonly label: string; readonly start: () => () => void };

export function pagerFaults(pager: Pick<SandboxPager, 'inject'>): readonly Switch[] {
  const starts = (fault: PagerFault) => (): (() => void) => pager.inject({ ...fault, times: Infinity });
  return [
    { name: 'pager-down', label: 'The pager answers 500', start: starts({ kind: 'status', status: 500 }) },
    { name: 'pager-limit', label: 'The pager answers 429', start: starts({ kind: 'status', status: 429 }) },
    { name: 'pager-slow', label: 'The pager answers two seconds late', start: starts({ kind: 'late', millis: 2_000 }) },
    { name: 'pager-lost', label: 'Called as told, but the answer is lost', start: starts({ kind: 'lost reply' }) },
  ];
}
