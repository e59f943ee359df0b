import { relative } from 'node:path';
import { Readable } from 'node:stream';
import { spec as Spec } from 'node:test/reporters';
import type { TestEvent } from 'node:test/reporters';
import { ROOT } from '../../build/runtime/setup.mjs';
import { describeSkipped, type Skipped } from './skipped.ts';

const MS_PER_SECOND = 1000;

/** What a report needs to know besides the events. */
export interface ReportOptions {
  /** How many test files are run. */
  readonly files: number;
  readonly isRoot: boolean;
}

/**
 * The runner's own report (spec) with three additions: after each file how many are done, and at the
 * end what was skipped and why. The runner's closing lines, the numbers of tests, stay the last ones.
 *
 * @param events - of `run()` in node:test
 * @returns text, and at the end whether everything has passed
 */
export async function* reportTests(
  events: AsyncIterable<TestEvent>,
  { files, isRoot }: ReportOptions,
): AsyncGenerator<string, boolean> {
  const skipped: Skipped[] = [];
  const closing: TestEvent[] = [];
  let done = 0;
  let passed = false;

  async function* body(): AsyncGenerator<TestEvent> {
    for await (const event of events) {
      if (isClosingLine(event)) {
        closing.push(event);
        continue;
      }
      const { skip, kind } = skippedBy(event);
      if (skip !== undefined) skipped.push({ kind, reason: skip });
      yield withoutReason(event);
      if (event.type !== 'test:summary') continue;
      const { file, success, duration_ms: durationMs } = event.data;
      if (file === undefined) passed = success;
      else yield fileLine(file, `${++done} of ${files}`, durationMs);
    }
  }

  yield* texts(body());
  yield describeSkipped(skipped, isRoot);
  yield* texts(closing);
  return passed;
}

/** What the spec reporter of Node.js makes of events. */
async function* texts(
  events: AsyncIterable<TestEvent> | Iterable<TestEvent>,
): AsyncGenerator<string> {
  const reported = Readable.from(events).pipe(new Spec());
  for await (const text of reported) yield String(text);
}

/** The numbers of the whole run: lines of a file name it. */
function isClosingLine(event: TestEvent): boolean {
  return event.type === 'test:diagnostic' && event.data.file === undefined;
}

function skippedBy(event: TestEvent): { skip: string | undefined; kind: Skipped['kind'] } {
  if (event.type !== 'test:pass') return { skip: undefined, kind: 'test' };
  const { skip, details } = event.data;
  return {
    skip: typeof skip === 'string' ? skip : undefined,
    kind: details.type === 'suite' ? 'suite' : 'test',
  };
}

/** The reasons are printed once, at the end. */
function withoutReason(event: TestEvent): TestEvent {
  if (event.type !== 'test:pass' || event.data.skip === undefined) return event;
  return { ...event, data: { ...event.data, skip: true } };
}

function fileLine(file: string, progress: string, durationMs: number): TestEvent {
  const seconds = (durationMs / MS_PER_SECOND).toFixed(1);
  const message = `${progress} files are done: ${relative(ROOT, file)}, ${seconds} s`;
  return { type: 'test:diagnostic', data: { nesting: 0, message, file, level: 'info' } };
}
