/** Our Postgres, which can be made to go away for a while and to come back where it was. */
import { startPostgres } from './postgres.ts';

export type SandboxPostgres = {
  readonly url: string;
  running(): boolean;
  /** Open transactions are rolled back, everything committed stays; nobody can connect until it is started again. */
  stop(): Promise<void>;
  /** At the same address. @throws Error in words when that port is taken by now. */
  start(): Promise<void>;
};

/** Starts it. @param options.onChange called after it went away or came back. */
export async function openPostgres(options: {
  readonly folder: string;
  readonly durable: boolean;
  readonly onChange: () => void;
}): Promise<SandboxPostgres> {
  const { folder, durable, onChange } = options;
  let server = await startPostgres({ folder, durable });
  const { url } = server;
  let isRunning = true;
  // One after the other, however fast the switch is thrown.
  let turn: Promise<void> = Promise.resolve();

  async function change(run: boolean): Promise<void> {
    if (run === isRunning) return;
    if (run) server = await startPostgres({ folder, durable, port: Number(new URL(url).port) });
    else await server.stop();
    isRunning = run;
    onChange();
  }
  const inTurn = async (run: boolean): Promise<void> => {
    const mine = turn.then(() => change(run));
    turn = mine.catch(() => undefined);
    return mine;
  };
  return { url, running: () => isRunning, stop: () => inTurn(false), start: () => inTurn(true) };
}
