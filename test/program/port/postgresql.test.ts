import { describe, it } from 'node:test';
import { workWithDatabase } from './support/database-work.ts';
import { openForward } from './support/port-session.ts';
import { startPostgres } from './support/postgresql.ts';
import { requirePostgres } from './support/require-postgresql.ts';

const ROWS = 10_000;

describe('a PostgreSQL server behind a forwarded port', () => {
  it('is worked with by psql: a table, 10 000 rows in, sums and all rows out', async (t) => {
    const programs = requirePostgres(t);
    if (programs === undefined) return;
    const { port } = await startPostgres(t, programs);
    const { localPort } = await openForward(t, { port });
    await workWithDatabase(t, localPort, ROWS);
  });
});
