import { symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { TestContext } from 'node:test';
import type { LocalAws } from '../../local-aws/local-aws.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { requireTools } from '../../support/require-tools.ts';
import { AWS } from '../../support/tools.ts';
import { LAUNCHER, programCommand, type Environment } from './program.ts';

/** How to run the AWS CLI so that it finds the built program. */
export interface AwsCli {
  readonly env: Environment;
  /** The command that starts a session on the local target. */
  startSession(aws: LocalAws, ...options: readonly string[]): string[];
}

/**
 * Finds the AWS CLI. Where it is missing the test is skipped, but fails in continuous integration.
 *
 * @returns undefined when the test is skipped
 */
export function findAwsCli(t: TestContext): AwsCli | undefined {
  if (!requireTools(t, AWS)) return undefined;
  programCommand([]);
  const directory = temporaryDirectory(t);
  symlinkSync(LAUNCHER, join(directory, 'session-manager-plugin'));
  symlinkSync(process.execPath, join(directory, 'node'));
  return {
    env: {
      PATH: `${directory}${delimiter}${process.env['PATH'] ?? ''}`,
      HOME: directory,
      AWS_PAGER: '',
    },
    startSession: (aws, ...options) => [
      ...['aws', 'ssm', 'start-session', '--endpoint-url', aws.endpoint],
      ...['--region', aws.region, ...options],
    ],
  };
}
