import type { TestContext } from 'node:test';
import { type Account, type PipedRun } from '../../support/account.ts';
import { CURRENT_AWS_CLI, pathWithAwsCli } from '../../support/path-with-aws-cli.ts';

/** What the doctor has found, as it prints it in JSON. */
export interface Finding {
  readonly check: string;
  readonly verdict: 'ok' | 'warning' | 'failure' | 'skipped';
  readonly text: string;
  readonly next?: string;
}

/** Runs the doctor where a current AWS CLI is installed. */
export function examine(
  t: TestContext,
  account: Account,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
): Promise<PipedRun> {
  const PATH = pathWithAwsCli(t, CURRENT_AWS_CLI);
  return account.run(['doctor', ...args], { PATH, ...env });
}

/** The findings of a run with `--json`, by the names of their checks. */
export function findingsOf({ stdout }: PipedRun): ReadonlyMap<string, Finding> {
  const { findings } = JSON.parse(stdout) as { findings: readonly Finding[] };
  return new Map(findings.map((finding) => [finding.check, finding]));
}
