import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { TestContext } from 'node:test';
import { startCommandPiped } from '../../../support/piped-program.ts';
import { fingerprintOfBytes } from '../content.ts';
import { DATABASE_USER } from './postgresql.ts';

const ROWS_PER_STATEMENT = 500;
const TABLE = 'CREATE TABLE entries (id integer PRIMARY KEY, content text NOT NULL);';
const AGGREGATE =
  'SELECT count(*), sum(id), sum(length(content)), min(content), max(content) FROM entries;';
const COPY_OUT = 'COPY (SELECT id, content FROM entries ORDER BY id) TO STDOUT;';

function contentOfRow(id: number): string {
  return createHash('sha256').update(`row ${id}`).digest('base64');
}

/** Creates a table, fills it, and reads it back as sums and row by row, all with `psql`. */
export async function workWithDatabase(t: TestContext, port: number, rows: number): Promise<void> {
  const ids = Array.from({ length: rows }, (_, index) => index + 1);
  const contents = ids.map(contentOfRow);
  const inserts: string[] = [];
  for (let first = 0; first < rows; first += ROWS_PER_STATEMENT) {
    const values = ids
      .slice(first, first + ROWS_PER_STATEMENT)
      .map((id) => `(${id}, '${contentOfRow(id)}')`);
    inserts.push(`INSERT INTO entries VALUES ${values.join(', ')};`);
  }
  await psql(t, port, [TABLE, ...inserts].join('\n'));

  const inOrder = [...contents].sort();
  const length = contents.reduce((sum, content) => sum + content.length, 0);
  const expected = [rows, (rows * (rows + 1)) / 2, length, inOrder[0], inOrder.at(-1)];
  assert.equal((await psql(t, port, AGGREGATE)).toString(), `${expected.join('|')}\n`);

  const table = ids.map((id) => `${id}\t${contentOfRow(id)}\n`).join('');
  const copied = await psql(t, port, COPY_OUT);
  assert.equal(fingerprintOfBytes(copied), fingerprintOfBytes(Buffer.from(table)));
}

/** Runs statements, and resolves with their output. */
async function psql(t: TestContext, port: number, statements: string): Promise<Buffer> {
  const program = startCommandPiped(t, [
    ...['psql', '--no-psqlrc', '--quiet', '--tuples-only', '--no-align'],
    ...['--set=ON_ERROR_STOP=1', '--host=127.0.0.1', `--port=${port}`],
    ...[`--username=${DATABASE_USER}`, '--dbname=postgres'],
  ]);
  program.stdin.end(statements);
  const { status } = await program.end();
  assert.equal(status, 0, program.stderr.text);
  return program.stdout.bytes;
}
