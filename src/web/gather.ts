/** Takes together what arrives at the same time: while one batch is being taken, the next one gathers. */

export type GatheringOptions<Item> = {
  /** Resolves once all of the batch is taken. */
  readonly take: (batch: readonly Item[]) => Promise<void>;
  readonly most: {
    /** In one batch. */
    readonly together: number;
    /** At any time, those that are being taken too. */
    readonly waiting: number;
  };
  /** How long an item waits, in milliseconds. It may be taken nevertheless, later. */
  readonly limitMillis: number;
};

type Waiting<Item> = {
  readonly item: Item;
  readonly taken: () => void;
  readonly failed: (error: unknown) => void;
};

/** The function that it gives resolves once its item is taken, and throws when it was not, or not in time. */
export function openGathering<Item>({
  take,
  most,
  limitMillis,
}: GatheringOptions<Item>): (item: Item) => Promise<void> {
  const gathered = new Set<Waiting<Item>>();
  let waiting = 0;
  let busy = false;

  const takeBatch = async (batch: readonly Waiting<Item>[]): Promise<void> => {
    for (const one of batch) gathered.delete(one);
    try {
      await take(batch.map(({ item }) => item));
      for (const { taken } of batch) taken();
    } catch (error) {
      for (const { failed } of batch) failed(error);
    }
  };

  const takeAll = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    while (gathered.size > 0) await takeBatch([...gathered].slice(0, most.together));
    busy = false;
  };

  return async (item) => {
    if (waiting >= most.waiting) throw new Error('too much is waiting to be taken');
    waiting += 1;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const one: Waiting<Item> = { item, taken: resolve, failed: reject };
    const timer = setTimeout(() => {
      gathered.delete(one);
      reject(new Error('it was not taken in time'));
    }, limitMillis);
    gathered.add(one);
    void takeAll();
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      waiting -= 1;
    }
  };
}
