import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { render } from '../../../support/screen.ts';
import { startInTerminal } from '../../support/terminal-program.ts';
import { PRINTER, startAccount, WEB_1 } from '../support/account.ts';
import { pathWithAwsCli } from '../support/path-with-aws-cli.ts';

describe('doctor', () => {
  it('colours the verdicts in a terminal, unless colours are off', async (t) => {
    const account = await startAccount(t);
    const env = { ...account.env, PATH: pathWithAwsCli(t, 'aws-cli/2.31.0') };
    const size = { cols: 200, rows: 40 };
    const colored = await startInTerminal(t, ['doctor', PRINTER.id], { env, size });
    assert.equal((await colored.end()).status, 255);
    assert.ok(colored.screen.text.includes('\x1b[31mfailure'), colored.screen.text);
    const plain = await startInTerminal(t, ['doctor', '--no-color'], { env, size });
    assert.equal((await plain.end()).status, 0);
    for (const color of [31, 32, 33]) {
      assert.ok(!plain.screen.text.includes(`\x1b[${color}m`), plain.screen.text);
    }
  });

  for (const [cols, indent] of [
    [80, 31],
    [40, 2],
  ] as const) {
    it(`fits ${cols} columns, with lines broken between words`, async (t) => {
      const account = await startAccount(t);
      const env = { ...account.env, PATH: pathWithAwsCli(t, 'aws-cli/2.31.0') };
      const size = { cols, rows: 60 };
      const program = await startInTerminal(t, ['doctor', PRINTER.id, '--no-color'], { env, size });
      await program.end();
      const screen = await render(program.screen.text, { size });
      const end = screen.rows.findIndex((row) => row.startsWith('To check again'));
      assert.deepEqual(screen.rows.slice(0, end), screen.lines.slice(0, end));
      const step = screen.rows.findIndex((row) => row.includes('→ Check that the target runs'));
      assert.match(screen.rows[step + 1] ?? '', new RegExp(`^ {${indent + 2}}\\S`));
    });
  }

  it('shows each line when it is found, and which check is in progress', async (t) => {
    const account = await startAccount(t);
    const paused = account.aws.pause('GetConnectionStatus');
    const env = { ...account.env, PATH: pathWithAwsCli(t, 'aws-cli/2.31.0') };
    const program = await startInTerminal(t, ['doctor', WEB_1.id, '--no-color'], { env });
    await program.screen.until('a second', (text) => /connection \d+ s/.test(text));
    const { rows } = await render(program.screen.text);
    assert.match(rows.at(-3) ?? '', /^ok {7}agent /);
    assert.match(rows.at(-2) ?? '', /^… {8}connection \d+ s$/);
    assert.equal(rows.at(-1), '');
    paused.release();
    assert.equal((await program.end()).status, 0);
    const { rows: all } = await render(program.screen.text);
    assert.ok(!all.some((row) => row.includes('…')), all.join('\n'));
    assert.deepEqual(all.slice(-4), [
      '',
      'To open a shell:',
      `  session-manager-plugin shell ${WEB_1.id}`,
      '',
    ]);
  });
});
