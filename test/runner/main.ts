// `npm test` checks and builds everything and runs all tests; `npm test -- PATTERN…` runs only the tests
// in these files.

import { run } from 'node:test';
import { explainFailure } from '../../build/explain-failure.ts';
import { npm, ROOT } from '../../build/runtime/setup.mjs';
import { reportTests } from './report.ts';
import { findTestFiles } from './test-files.ts';

const ALL_TESTS = 'test/**/*.test.ts';
/** Tests start programs that use a processor of their own: more at a time only wait for each other. */
const CONCURRENCY = 2;
/** Far longer than any file takes. */
const FILE_TIMEOUT_MS = 900_000;

/** What must succeed before a test is run: a script of package.json, and what it does. */
const PREPARATIONS = [
  { title: 'Checking types', script: ['typecheck'] },
  { title: 'Checking style and format', script: ['lint'] },
  { title: 'Building the program and its packages', script: ['package', '--', '--available'] },
] as const;

const STAGES = PREPARATIONS.length + 1;

function announce(number: number, title: string): void {
  process.stdout.write(`\n[${number}/${STAGES}] ${title}\n`);
}

async function runTests(files: readonly string[]): Promise<void> {
  announce(STAGES, `Running the tests in ${files.length} files`);
  const events = run({
    files: [...files],
    concurrency: CONCURRENCY,
    timeout: FILE_TIMEOUT_MS,
  });
  const report = reportTests(events, { files: files.length, isRoot: process.getuid?.() === 0 });
  for (;;) {
    const { value, done } = await report.next();
    if (done === true) {
      if (!value) process.exitCode = 1;
      return;
    }
    process.stdout.write(value);
  }
}

await explainFailure(async () => {
  const patterns = process.argv.slice(2);
  const files = findTestFiles(patterns.length === 0 ? [ALL_TESTS] : patterns, ROOT);
  for (const [index, { title, script }] of PREPARATIONS.entries()) {
    announce(index + 1, title);
    npm(['run', '--silent', ...script], ROOT);
  }
  await runTests(files);
});
