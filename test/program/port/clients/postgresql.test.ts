import { describe, it } from 'node:test';
import { logInAndClose } from '../support/postgresql/database-login.ts';
import { workWithDatabase } from '../support/postgresql/database-work.ts';
import { openForward } from '../support/port-session.ts';
import { startPostgres } from '../support/postgresql/postgresql.ts';
import { requirePostgres } from '../support/postgresql/require-postgresql.ts';

const ROWS = 10_000;
/** The default of the server is 100 at the same time. */
const SHORT_CONNECTIONS = 250;

describe('a PostgreSQL server behind a forwarded port', () => {
  it('works with psql: a table, 10 000 rows in, sums and all rows out', async (t) => {
    const programs = requirePostgres(t);
    if (programs === undefined) return;
    const { port } = await startPostgres(t, programs);
    const { localPort } = await openForward(t, { port });
    await workWithDatabase(t, localPort, ROWS);
  });

  it('serves many short connections, more than it allows at once', async (t) => {
    const programs = requirePostgres(t);
    if (programs === undefined) return;
    const { port } = await startPostgres(t, programs);
    const { localPort } = await openForward(t, { port });
    for (let i = 0; i < SHORT_CONNECTIONS; i++) await logInAndClose(t, localPort);
  });
});
