import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { temporaryDirectory } from '../../../../support/temporary-directory.ts';
import { programCommand, type Environment } from '../../../support/program.ts';
import { startAccount as startAws, WEB_1, type Account as Aws } from '../../support/account.ts';
import { runAlone } from '../../support/run-command.ts';

/** A name that a shell must not read as its own, and one that nothing may print. */
export const NODES = [
  { ...WEB_1, nameTag: 'web-1' },
  { id: 'i-00000000000000002', nameTag: "it's $(touch pwned); `x`" },
  { id: 'i-00000000000000003', nameTag: 'red\u001b[31m' },
];

/** An account with nodes, and a user with a home directory. */
export interface Account {
  readonly target: Aws;
  /** With the program on PATH, a home directory, and its cache. */
  readonly env: Environment;
  readonly home: string;
  readonly cache: string;
}

/** Starts them for one test. */
export async function startAccount(
  t: TestContext,
  nodes: Parameters<typeof startAws>[1] = NODES,
  options: Parameters<typeof startAws>[2] = {},
): Promise<Account> {
  const target = await startAws(t, nodes, options);
  const home = temporaryDirectory(t);
  mkdirSync(join(home, 'bin'));
  const program = join(home, 'bin', 'session-manager-plugin');
  const words = programCommand([]).map((word) => `'${word}'`);
  writeFileSync(program, `#!/bin/sh\nexec ${words.join(' ')} "$@"\n`);
  chmodSync(program, 0o755);
  mkdirSync(join(home, '.aws'));
  writeFileSync(join(home, '.aws', 'config'), '[profile work]\nregion = x\n[profile "my home"]\n');
  const env = {
    ...target.env,
    HOME: home,
    PATH: `${join(home, 'bin')}:${process.env['PATH'] ?? ''}`,
  };
  return { target, env, home, cache: join(home, '.cache', 'session-manager-plugin') };
}

/** Writes the completion script of a shell to a file of this test. */
export async function scriptOf(t: TestContext, shell: string): Promise<string> {
  const path = join(temporaryDirectory(t), `completion.${shell}`);
  writeFileSync(path, (await runAlone(t, ['completion', shell])).stdout);
  return path;
}
