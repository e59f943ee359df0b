import type { TestContext } from 'node:test';
import {
  startLocalAws,
  type LocalAws,
  type LocalAwsOptions,
} from '../../../local-aws/local-aws.ts';
import {
  completed,
  startPiped,
  type CompletedRun,
  type PipedOptions,
  type PipedProgram,
} from '../../support/piped-program.ts';
import type { Environment } from '../../support/program.ts';
import {
  startInTerminal,
  type TerminalOptions,
  type TerminalProgram,
} from '../../support/terminal-program.ts';

/** A local target, and the environment in which the program's commands find it. */
export interface CommandTarget {
  readonly aws: LocalAws;
  readonly env: Environment;
}

/** Starts a local target for one test. */
export async function startCommandTarget(
  t: TestContext,
  options: LocalAwsOptions = {},
): Promise<CommandTarget> {
  const aws = await startLocalAws(options);
  t.after(() => aws.close());
  return { aws, env: { AWS_REGION: aws.region, AWS_ENDPOINT_URL: aws.endpoint } };
}

/** Starts the program in pipes, with the local target as its AWS. */
export function startCommand(
  t: TestContext,
  target: CommandTarget,
  args: readonly string[],
  options: PipedOptions = {},
): PipedProgram {
  return startPiped(t, args, { ...options, env: { ...target.env, ...options.env } });
}

/** Starts the program in a terminal, with the local target as its AWS. */
export function startTerminalCommand(
  t: TestContext,
  target: CommandTarget,
  args: readonly string[],
  options: TerminalOptions = {},
): Promise<TerminalProgram> {
  return startInTerminal(t, args, { ...options, env: { ...target.env, ...options.env } });
}

/** What the program writes about an answer that takes longer than a second. */
const WAITS = /^Waiting for .*…\n/gm;

/** stderr without the lines about slow answers: a busy machine makes any answer slow. */
export function withoutWaits(stderr: string): string {
  return stderr.replace(WAITS, '');
}

/** Waits for the program's end, with nothing more to read for it. Its stderr is without waits. */
export async function outcomeOf(program: PipedProgram): Promise<CompletedRun> {
  const run = await completed(program);
  return { ...run, stderr: withoutWaits(run.stderr) };
}

/** Runs the program to its end with empty input and no AWS at all. */
export function runAlone(
  t: TestContext,
  args: readonly string[],
  env: Environment = {},
): Promise<CompletedRun> {
  return outcomeOf(startPiped(t, args, { env }));
}
