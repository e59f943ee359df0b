import type { LocalNode } from '../../../local-aws/local-aws.ts';
import { NO_CREDENTIALS } from '../../../program/support/program.ts';
import { account, preparedAccount, USUAL_NODES } from '../fleets.ts';
import type { Scene } from '../scene.ts';
import { testScenes } from '../test-scenes.ts';

/** A call of the program that fails. */
type Call = Pick<Scene, 'args'> &
  Partial<Scene> & {
    /** Why, by a code in `src/failures/`. */
    readonly failure: string;
  };

/** Calls by the names of their files. */
export type Calls = Readonly<Record<string, Call>>;

/**
 * Tests the screens of calls in the usual account.
 *
 * @param folder - in the folder of failures
 * @param options - what they need of the system
 */
export function testFailures(
  folder: string,
  calls: Calls,
  options?: Parameters<typeof testScenes>[2],
): void {
  testScenes(
    `failures/${folder}`,
    Object.entries(calls).map(([name, { failure, ...call }]) => ({
      ...{ name, target: account(USUAL_NODES), failures: [failure] },
      ...call,
    })),
    options,
  );
}

/** A call of AWS is answered with this error. */
export function refused(
  operation: string,
  type: string,
  message = '',
  status = 400,
): Pick<Scene, 'target'> {
  return { target: preparedAccount((aws) => aws.refuse(operation, { status, type, message })) };
}

/** Credentials come from the profile `work`. */
export function profile(config: string): Pick<Scene, 'files' | 'env'> {
  return {
    files: { '.aws/config': `[default]\nregion = us-east-1\n${config}` },
    env: { ...NO_CREDENTIALS, AWS_PROFILE: 'work' },
  };
}

export function accountOf(...nodes: readonly LocalNode[]): Pick<Scene, 'target'> {
  return { target: account(nodes) };
}
