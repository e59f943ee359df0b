import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { watchUsage, type UsageOverTime } from '../process-usage.ts';

/** What a copy took. */
export interface Copied {
  /** From the start of the program to its end. */
  readonly seconds: number;
  /** Of the process of this project's program. */
  readonly usage: UsageOverTime;
}

/**
 * Runs a program to its end.
 *
 * @param processId - resolves to the process whose usage counts
 * @throws Error when it fails, with what it has printed
 */
export async function measureRun(
  [file = '', ...args]: readonly string[],
  options: SpawnOptions,
  processId = (program: ChildProcess): Promise<number> => Promise.resolve(program.pid ?? 0),
): Promise<Copied> {
  const startedAt = performance.now();
  const program = spawn(file, args, { ...options, stdio: ['ignore', 'ignore', 'pipe'] });
  let errors = '';
  program.stderr.on('data', (text: Buffer) => (errors += text.toString()));
  const ended = once(program, 'close');
  const watched = Promise.race([processId(program), ended.then(() => 0)]).then(watchUsage);
  const [status] = (await ended) as [number | null];
  const seconds = (performance.now() - startedAt) / 1000;
  const usage = (await watched)();
  if (status !== 0) throw new Error(`${args.join(' ')} failed: ${errors.trim()}`);
  return { seconds, usage };
}
