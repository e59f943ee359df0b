import assert from 'node:assert/strict';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { LocalAwsOptions } from '../../../../local-aws/local-aws.ts';
import { temporaryDirectory } from '../../../../support/temporary-directory.ts';
import type { CompletedRun, PipedOptions, PipedProgram } from '../../../support/piped-program.ts';
import { TARGET } from '../../../support/target.ts';
import {
  outcomeOf,
  startCommand,
  startCommandTarget,
  type CommandTarget,
} from '../../support/run-command.ts';

/** This machine and a target, each with a directory of its own. */
export interface TwoMachines {
  readonly target: CommandTarget;
  /** The current directory of the program. */
  readonly here: string;
  /** The home directory on the target. */
  readonly there: string;
  /** Starts `cp` with these arguments; `T:` is the target. */
  readonly start: (args: readonly string[], options?: PipedOptions) => PipedProgram;
  /** Runs it to its end. */
  readonly cp: (...args: readonly string[]) => Promise<CompletedRun>;
  /** Checks that every session has ended, and that no temporary file is left on either side. */
  readonly checkNothingLeft: () => Promise<void>;
}

const TARGET_OPERAND = /^T:/;
const TEMPORARY_FILE = /\.part$|session-manager/;

export async function startTwoMachines(
  t: TestContext,
  options: LocalAwsOptions = {},
): Promise<TwoMachines> {
  const root = temporaryDirectory(t);
  const [here, there, temporary] = ['here', 'there', 'tmp'].map((name) => join(root, name)) as [
    string,
    string,
    string,
  ];
  for (const directory of [here, there, temporary]) mkdirSync(directory);
  const agent = {
    ...options.sessions?.agent,
    home: there,
    environment: { TMPDIR: temporary, ...options.sessions?.agent?.environment },
  };
  const target = await startCommandTarget(t, {
    ...options,
    sessions: { ...options.sessions, agent },
  });
  const start: TwoMachines['start'] = (args, more = {}) => {
    const operands = args.map((arg) => arg.replace(TARGET_OPERAND, `${TARGET}:`));
    return startCommand(t, target, ['cp', ...operands], { directory: here, ...more });
  };
  return {
    target,
    here,
    there,
    start,
    cp: (...args) => outcomeOf(start(args)),
    async checkNothingLeft() {
      // A session that is open never resolves.
      await Promise.all(target.aws.sessions.map(({ closed }) => closed));
      for (const directory of [here, there, temporary]) {
        const names = readdirSync(directory, { encoding: 'utf8', recursive: true });
        const left = names.filter((name) => TEMPORARY_FILE.test(name));
        assert.deepEqual(left, [], `left in ${directory}`);
      }
    },
  };
}
