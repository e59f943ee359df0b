import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { build } from 'esbuild';
import { childEnded, spawn } from '../child-process.ts';
import type { StartReport, TraceOrder } from './start-report.ts';

const BUNDLE = join(import.meta.dirname, '..', '..', '..', 'dist');
const TRACED_PROGRAM = join(import.meta.dirname, 'traced-program.ts');

/** A start to trace. */
export interface TracedStart extends Pick<TraceOrder, 'codeCaches'> {
  /** Those that the AWS CLI passes for a session that waits at its gateway. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly profiles?: boolean;
  /** Of the runtime; none by default. */
  readonly options?: readonly string[];
}

/**
 * Starts the built program as a native binary does, until its WebSocket is open.
 *
 * @throws Error with what the program printed, when its WebSocket did not open
 */
export async function traceStart(start: TracedStart): Promise<StartReport> {
  const directory = mkdtempSync(join(tmpdir(), 'session-manager-plugin-trace-'));
  try {
    const script = join(directory, 'traced-program.cjs');
    await build({
      entryPoints: [TRACED_PROGRAM],
      bundle: true,
      platform: 'node',
      format: 'cjs',
      outfile: script,
    });
    const { args, env, codeCaches, profiles = false, options = [] } = start;
    const order: TraceOrder = {
      bundle: BUNDLE,
      report: join(directory, 'report.json'),
      profiles,
      ...(codeCaches === undefined ? {} : { codeCaches }),
    };
    const program = spawn(process.execPath, [...options, script, JSON.stringify(order), ...args], {
      env,
    });
    const printed = Promise.all([text(program.stdout), text(program.stderr)]);
    await childEnded(program);
    if (!existsSync(order.report)) throw new Error((await printed).join('\n'));
    return JSON.parse(readFileSync(order.report, 'utf8')) as StartReport;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
