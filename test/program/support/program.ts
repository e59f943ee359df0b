import { existsSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const BUNDLE = join(ROOT, 'dist', 'session-manager-plugin.cjs');

/** What a user has on PATH. */
export const LAUNCHER = join(ROOT, 'bin', 'session-manager-plugin');

/** Credentials that every service of the local target takes. */
export const STATIC_CREDENTIALS = {
  AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
} as const;

/** Environment variables; an undefined one is left out. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Names another executable to test than the bundle, such as a native binary. */
const PROGRAM_VARIABLE = 'SSM_PLUGIN_TEST_PROGRAM';

/**
 * The command line of the built program.
 *
 * @throws Error with what to do when it is not built
 */
export function programCommand(args: readonly string[]): readonly [string, ...string[]] {
  const named = process.env[PROGRAM_VARIABLE] ?? '';
  if (named !== '') return [named, ...args];
  if (!existsSync(BUNDLE)) {
    throw new Error(`${BUNDLE} is missing: run "npm run build" first, as "npm test" does`);
  }
  return [process.execPath, LAUNCHER, ...args];
}

/**
 * The environment of a program: it contains no AWS configuration of the user who runs
 * it.
 */
export function programEnvironment(own: Environment = {}): Record<string, string> {
  const environment: Environment = {
    PATH: process.env['PATH'],
    TERM: 'xterm-256color',
    LANG: 'C.UTF-8',
    HOME: '/nonexistent',
    AWS_EC2_METADATA_DISABLED: 'true',
    ...STATIC_CREDENTIALS,
    ...own,
  };
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    ),
  );
}

/** Takes the credentials away, so that nothing can be signed. */
export const NO_CREDENTIALS: Environment = {
  AWS_ACCESS_KEY_ID: undefined,
  AWS_SECRET_ACCESS_KEY: undefined,
};
