import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { promisify } from 'node:util';
import { COMMANDS } from '../../../../src/commands/index.ts';
import { roffItem, roffText } from '../../../../src/commands/manual/roff.ts';
import { execFile } from '../../../support/child-process.ts';
import { requireTools } from '../../../support/require-tools.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { GROFF } from '../../../support/tools.ts';
import { runAlone } from '../support/run-command.ts';

const run = promisify(execFile);

it('the manual page explains every command and the common options, without a warning of groff', async (t) => {
  if (!requireTools(t, GROFF)) return;
  const { status, stdout, stderr } = await runAlone(t, ['__manual']);
  assert.deepEqual([status, stderr], [0, '']);
  const path = join(temporaryDirectory(t), 'session-manager-plugin.1');
  writeFileSync(path, stdout);
  // -ww: all warnings; -c, -b, -u, -o of grotty leave the plain text.
  const shown = await run(GROFF.program, ['-man', '-ww', '-Tascii', '-P-cbuo', path]);
  assert.equal(shown.stderr, '');
  const text = shown.stdout;
  assert.match(text, /^NAME\n +session-manager-plugin +- +shells/m);
  for (const { name, isHidden } of COMMANDS) {
    assert.equal(new RegExp(`^   ${name} \\[options\\]`, 'm').test(text), isHidden !== true, name);
  }
  assert.match(text, /^COMMON OPTIONS\n +--profile <name>\n/m);
  assert.match(text, /^EXIT STATUS\n/m);
  for (const line of text.split('\n')) assert.ok(line.length <= 80, line);
});

it('no text of the manual page is a command of roff', () => {
  assert.equal(
    roffText('.so it\'s \\ - ~^`"…é'),
    String.raw`\&.so it\(aqs \e \- \(ti\(ha\(ga\(dq...\[u00E9]`,
  );
  assert.deepEqual(roffItem('-q', "'quiet"), ['.TP', String.raw`.B \-q`, String.raw`\(aqquiet`]);
});
