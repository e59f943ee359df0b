import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawn } from '../../../support/child-process.ts';
import {
  SYSTEM_ENVIRONMENT,
  type CommandResult,
  type SystemRoot,
} from '../../support/system-root.ts';

const EXECUTABLE_MODE = 0o755;

/** Runs a command, while this process answers as a web server. Its input is empty. */
export async function runCommand(
  command: readonly string[],
  home: string = SYSTEM_ENVIRONMENT.HOME,
): Promise<CommandResult> {
  const [file = '', ...args] = command;
  const env = { ...SYSTEM_ENVIRONMENT, HOME: home, DEBIAN_FRONTEND: 'noninteractive' };
  const child = spawn(file, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, stdout, stderr };
}

/** Runs a script in a system, as a user types it. */
export function runScript(root: SystemRoot, script: string): Promise<CommandResult> {
  return runCommand([...root.inside, '/bin/sh', '-ec', script]);
}

/** Gives a system a `sudo`, which its user, root, does not need. */
export function addSudo(root: SystemRoot): void {
  writeFileSync(root.path('/usr/local/bin/sudo'), '#!/bin/sh\nexec "$@"\n', {
    mode: EXECUTABLE_MODE,
  });
}

/** The commands of a section of the page that is published with repositories, each block as one text. */
export function commandsOf(directory: string, heading: string): readonly string[] {
  const page = readFileSync(join(directory, 'README.md'), 'utf8');
  const section = page.split(/^## /m).find((each) => each.startsWith(`${heading}\n`)) ?? '';
  return [...section.matchAll(/^```sh\n([^]*?)^```$/gm)].map(([, text = '']) => text);
}
