import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { TestEvent } from 'node:test/reporters';
import { stripVTControlCharacters } from 'node:util';
import { ROOT } from '../../build/runtime/setup.mjs';
import { missingToolText } from '../../build/tool.ts';
import { OPENSSL } from '../support/tools.ts';
import { reportTests } from './report.ts';

const FILE = join(ROOT, 'test', 'one.test.ts');
const COUNTS = { tests: 2, failed: 0, passed: 1, cancelled: 0, skipped: 1, todo: 0, topLevel: 2 };

/** Events as `run()` of node:test emits them for a file with a test that passes and one that is skipped. */
function events(success: boolean): readonly TestEvent[] {
  const place = { file: FILE, line: 1, column: 1 };
  const test = { ...place, nesting: 0, testNumber: 1, testId: 1, parentId: undefined, tags: [] };
  const details = { duration_ms: 1 };
  const summary = { counts: { ...COUNTS, suites: 0 }, duration_ms: 4000, success };
  const skip = missingToolText(OPENSSL);
  const closing = ['tests 2', 'pass 1', 'fail 0', 'skipped 1'].map((message): TestEvent => ({
    type: 'test:diagnostic',
    data: { nesting: 0, message, level: 'info' },
  }));
  return [
    { type: 'test:pass', data: { ...test, name: 'works', details } },
    { type: 'test:pass', data: { ...test, name: 'has no openssl', details, skip } },
    { type: 'test:diagnostic', data: { nesting: 0, message: 'a note', file: FILE, level: 'info' } },
    { type: 'test:summary', data: { ...summary, file: FILE } },
    ...closing,
    { type: 'test:summary', data: { ...summary, file: undefined } },
  ];
}

async function report(success: boolean): Promise<{ readonly text: string; passed: boolean }> {
  async function* source(): AsyncGenerator<TestEvent> {
    yield* events(success);
    await Promise.resolve();
  }
  const reported = reportTests(source(), { files: 7, isRoot: true });
  let text = '';
  for (;;) {
    const next = await reported.next();
    if (next.done === true) return { text: stripVTControlCharacters(text), passed: next.value };
    text += next.value;
  }
}

describe('the report of all tests', () => {
  it('ends with what was skipped, and then the closing lines of the runner', async () => {
    const { text } = await report(true);
    assert.deepEqual(text.replaceAll(/ \(\dms\)/g, '').split('\n'), [
      '✔ works',
      '﹣ has no openssl # SKIP',
      'ℹ a note',
      'ℹ 1 of 7 files are done: test/one.test.ts, 4.0 s',
      '',
      'Skipped, and why:',
      '  1 test                   openssl (package openssl)',
      '',
      'On Debian and Ubuntu, this installs what is missing:',
      '  apt-get install --no-install-recommends openssl',
      '',
      'ℹ tests 2',
      'ℹ pass 1',
      'ℹ fail 0',
      'ℹ skipped 1',
      '',
    ]);
  });

  it('passes when the run has passed', async () => {
    assert.equal((await report(true)).passed, true);
    assert.equal((await report(false)).passed, false);
  });
});
