import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { programCommand, programEnvironment } from '../../program/support/program.ts';
import { spawnSync } from '../../support/child-process.ts';
import { testGuide } from '../support/guide.ts';
import { codeSpans, readDocument, sectionOf, tableRows } from '../support/markdown.ts';

const GUIDE = 'docs/commands.md';
/** A command without options of its own. */
const PLAIN_COMMAND = 'doctor';

testGuide(GUIDE);

describe('the options of all commands', () => {
  it('are those of the help', () => {
    const [program, ...args] = programCommand([PLAIN_COMMAND, '--help']);
    const { stdout } = spawnSync(program, args, { env: programEnvironment({}), encoding: 'utf8' });
    const inHelp = [...stdout.matchAll(/^ +(?:-\w, )?(--[\w-]+)/gm)].map(([, name]) => name);
    const section = sectionOf(readDocument(GUIDE), 'Options of all commands');
    const documented = tableRows(section).map(([cell = '']) => codeSpans(cell)[0]?.split(' ')[0]);
    assert.deepEqual(documented.sort(), inHelp.sort());
  });
});
