import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { createStatusLine, type StatusLine } from '../../../src/cli/progress/status-line.ts';
import { createScreen, type Screen } from '../../support/screen.ts';

interface Setup {
  readonly status: StatusLine;
  readonly output: PassThrough;
  readonly shown: () => Promise<Screen>;
}

function setUp(isFree = true): Setup {
  const output = new PassThrough({ encoding: 'utf8' });
  const screen = createScreen({ size: { cols: 40 }, convertEol: true });
  const status = createStatusLine({
    output,
    columns: () => 40,
    isFree: () => Promise.resolve(isFree),
  });
  const shown = async (): Promise<Screen> => {
    // Whether the terminal is free has been answered by then.
    await setImmediate();
    await screen.write((output.read() as string | null) ?? '');
    return screen;
  };
  return { status, output, shown };
}

describe('the status line', () => {
  it('is replaced by each next one, and erased without a trace', async () => {
    const { status, output, shown } = setUp();
    output.write('$ command\n');
    status.show(() => 'Waiting… 1 s');
    assert.deepEqual((await shown()).rows, ['$ command', 'Waiting… 1 s', '']);
    status.show((columns) => `${columns} columns`);
    assert.deepEqual((await shown()).rows, ['$ command', '40 columns', '']);
    status.show(undefined);
    assert.deepEqual((await shown()).rows, ['$ command', '']);
  });

  it('makes room for a text, and comes back after it', async () => {
    const { status, output, shown } = setUp();
    status.show(() => 'Waiting… 1 s');
    await shown();
    status.clear();
    output.write('a message\n');
    assert.deepEqual((await shown()).rows, ['a message', '']);
    status.show(() => 'Waiting… 2 s');
    assert.deepEqual((await shown()).rows, ['a message', 'Waiting… 2 s', '']);
  });

  it('goes with what the terminal has echoed of Ctrl-C', async () => {
    const { status, output, shown } = setUp();
    status.show(() => 'Waiting… 1 s');
    await shown();
    output.write('^C');
    status.interrupt();
    const screen = await shown();
    assert.deepEqual(screen.rows, ['']);
    assert.deepEqual(screen.cursor, { row: 0, column: 0 });
  });

  it('stays away while a question has the terminal, and is drawn anew after it', async () => {
    const { status, output, shown } = setUp();
    status.show(() => 'Waiting… 1 s');
    await shown();
    const resume = status.pause();
    output.write('Code: 123456\n');
    status.show(() => 'Waiting… 2 s');
    assert.deepEqual((await shown()).rows, ['Code: 123456', '']);
    resume();
    status.show(() => 'Waiting… 3 s');
    assert.deepEqual((await shown()).rows, ['Code: 123456', 'Waiting… 3 s', '']);
  });

  it('stays away from a terminal in which the user does something else', async () => {
    const { status, shown } = setUp(false);
    status.show(() => 'Waiting… 1 s');
    assert.deepEqual((await shown()).rows, ['']);
  });

  it('does not come after it was erased while the terminal was checked', async () => {
    const { status, shown } = setUp();
    status.show(() => 'Waiting… 1 s');
    status.show(undefined);
    assert.deepEqual((await shown()).rows, ['']);
  });
});
