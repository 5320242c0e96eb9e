/** The one door to Postgres: a pool, transactions, and the cluster's clock. */
import { createHash } from 'node:crypto';
import pg from 'pg';
import type { Instant } from '../incident/incident.ts';

/** Anything that can run SQL: the pool, or one connection inside a transaction. */
export type Sql = {
  query<Row extends pg.QueryResultRow>(
    text: string,
    values?: readonly unknown[],
  ): Promise<{ rows: Row[]; rowCount: number | null }>;
};

/** A connection inside an open transaction. */
export type Transaction = Sql & { readonly inTransaction: true };

export type Postgres = Sql & {
  /** Runs `work` in one transaction: all of it is saved, or nothing. */
  transaction<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
};

export function openPostgres(url: string, onError: (error: Error) => void): Postgres {
  const pool = new pg.Pool({
    connectionString: url,
    max: 20,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 15_000,
    // The server's limit is no help when nothing of it arrives any more.
    query_timeout: 20_000,
    keepAlive: true,
  });
  // A connection that dies while idle is replaced at the next query; without a listener it would end the process.
  pool.on('error', onError);
  return {
    query: (text, values) => pool.query(prepared(text, values)),
    async transaction(work) {
      const client = await pool.connect();
      let broken: Error | undefined;
      // The pool listens only while a connection is idle; one that ends in our hands would end the process.
      const onEnd = (error: Error): void => {
        broken = error;
      };
      client.on('error', onEnd);
      try {
        await client.query('begin');
        const result = await work({
          inTransaction: true,
          query: (text, values) => client.query(prepared(text, values)),
        });
        await client.query('commit');
        return result;
      } catch (error) {
        await client.query('rollback').catch((rollbackError: unknown) => {
          broken = rollbackError instanceof Error ? rollbackError : new Error('rollback failed');
        });
        throw error;
      } finally {
        client.off('error', onEnd);
        client.release(broken);
      }
    },
    close: () => pool.end(),
  };
}

/**
 * All our statements are constant texts, so each connection parses and plans one once: the queue's own take longer to plan
 * than to run.
 */
function prepared(text: string, values: readonly unknown[] = []): pg.QueryConfig {
  return { name: createHash('sha1').update(text).digest('base64'), text, values: [...values] };
}

/** The cluster's time. */
export async function readNow(sql: Sql): Promise<Instant> {
  const { rows } = await sql.query<{ now: Date }>('select muster_now() as now');
  return first(rows).now.getTime();
}

/** The one row a statement must give. */
export function first<Row>(rows: readonly Row[]): Row {
  const [row] = rows;
  if (row === undefined) throw new Error('the statement gave no row');
  return row;
}

/** Whether the database is away or overwhelmed: the same statement may succeed later. */
export function isOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  // Classes 08, 40, 53, 55, 57, 58: connection, rollback to be repeated, resources, locks, shutdown, I/O.
  return (
    /^(08|40|53|55|57|58)/.test(code) ||
    /^E[A-Z]+$/.test(code) ||
    /connection|timeout exceeded|terminat/i.test(error.message)
  );
}
