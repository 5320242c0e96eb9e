/** Who was called for what, whichever pager it came by, and what became of it. */

export type PageState = 'triggered' | 'acknowledged' | 'resolved';

/** One call for help: in PagerDuty's words, an incident. */
export type PagerPage = {
  readonly id: string;
  readonly pager: string;
  readonly type: 'pagerduty' | 'webhook';
  /** What the sender calls it: at most one page with it is not resolved. */
  readonly key: string;
  readonly about: PageAbout;
  readonly state: PageState;
  /** Who acknowledged or resolved it last; `null`: the sender did, or nobody yet. */
  readonly by: string | null;
  /** How often it was triggered: who acknowledged it is not called again. */
  readonly triggered: number;
  readonly openedAt: number;
  readonly changedAt: number;
  /** What came of telling the bot the last change; `null`: there was nothing to tell. */
  readonly told: {
    readonly outcome: 'waiting' | 'taken' | 'refused' | 'given up';
    readonly status: number | null;
  } | null;
};

export type PageAbout = {
  readonly title: string;
  readonly severity: string | null;
  readonly service: string | null;
  readonly question: string | null;
  readonly link: string | null;
  readonly people: readonly string[];
};

/** What a sender says. */
export type PageEvent = Pick<PagerPage, 'pager' | 'type' | 'key'> & {
  readonly act: 'trigger' | 'acknowledge' | 'resolve';
  readonly about: PageAbout | null;
};

export type PageChange = 'triggered' | 'acknowledged' | 'resolved' | 'unacknowledged';

export type Pages = {
  /** Oldest first. */
  list(): readonly PagerPage[];
  /** What came of it: the page, and how it changed if it did. `null`: there is no open page of that key. */
  apply(event: PageEvent): { readonly page: PagerPage; readonly change: PageChange | null } | null;
  /** Somebody who was called does it. @throws Error when there is no such page, or it is resolved. */
  answer(id: string, act: 'acknowledge' | 'resolve' | 'unacknowledge', by: string): PagerPage;
  noteTold(id: string, told: PagerPage['told']): void;
};

const kept = 200;

export function createPages(setup: {
  readonly now: () => number;
  readonly onChange: () => void;
  readonly saved: readonly PagerPage[];
}): Pages {
  // What waited in an earlier run is told no more.
  let pages = setup.saved.map((page): PagerPage =>
    page.told?.outcome === 'waiting' ? { ...page, told: { ...page.told, outcome: 'given up' } } : page,
  );

  function put(page: PagerPage): PagerPage {
    const known = pages.some(({ id }) => id === page.id);
    pages = known ? pages.map((one) => (one.id === page.id ? page : one)) : [...pages, page].slice(-kept);
    setup.onChange();
    return page;
  }
  const turn = (page: PagerPage, state: PageState, by: string | null): PagerPage =>
    put({ ...page, state, by, changedAt: setup.now() });

  return {
    list: () => pages,
    apply({ act, about, ...event }) {
      const open = pages.find(
        ({ pager, key, state }) => pager === event.pager && key === event.key && state !== 'resolved',
      );
      switch (act) {
        case 'trigger': {
          if (about === null) return null;
          if (open !== undefined) return { page: put({ ...open, triggered: open.triggered + 1 }), change: null };
          const at = setup.now();
          const fresh = {
            state: 'triggered',
            by: null,
            triggered: 1,
            openedAt: at,
            changedAt: at,
            told: null,
          } as const;
          return { page: put({ ...event, ...fresh, id: newId(), about }), change: 'triggered' };
        }
        case 'acknowledge':
          if (open === undefined) return null;
          if (open.state === 'acknowledged') return { page: open, change: null };
          return { page: turn(open, 'acknowledged', null), change: 'acknowledged' };
        case 'resolve':
          return open === undefined ? null : { page: turn(open, 'resolved', null), change: 'resolved' };
      }
    },
    answer(id, act, by) {
      const page = pages.find((one) => one.id === id);
      if (page === undefined || page.state === 'resolved') throw new Error('That page is over.');
      const states = { acknowledge: 'acknowledged', resolve: 'resolved', unacknowledge: 'triggered' } as const;
      return turn(page, states[act], by);
    },
    noteTold(id, told) {
      const page = pages.find((one) => one.id === id);
      if (page !== undefined) put({ ...page, told });
    },
  };
}

/** As PagerDuty's: `Q` and capitals. */
function newId(): string {
  return `Q${crypto.randomUUID().replaceAll('-', '').slice(0, 13).toUpperCase()}`;
}
