import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { CleanupScope } from '../../test/support/cleanup-scope.ts';
import {
  clientLines,
  startSshServer,
  writeKnownHosts,
} from '../../test/program/port/support/ssh/ssh-server.ts';
import { BUNDLE, environment, type ProgramSettings } from '../program.ts';
import { measureRun, type Copied } from './measured-run.ts';

/** `scp` whose connections the program carries, as its `ssh-config` command arranges it. */
export interface Scp {
  /** The same name as on the target, which is this machine. */
  copy(from: string, to: string): Promise<Copied>;
}

const POLL_MS = 5;

/**
 * Starts an SSH server, and makes a configuration with the program's `ssh-proxy`.
 *
 * @param target - id of the target
 * @param settings - of the program
 * @throws UnavailableError when OpenSSH is not installed
 */
export async function startScp(
  scope: CleanupScope,
  target: string,
  settings: ProgramSettings,
): Promise<Scp> {
  const server = await startSshServer(scope);
  const processIdFile = join(server.directory, 'process-id');
  const configuration = join(server.directory, 'config');
  const proxyCommand = join(server.directory, 'proxy-command');
  const program = BUNDLE.map((word) => `'${word}'`).join(' ');
  const script = `#!/bin/sh\necho $$ > '${processIdFile}'\nexec ${program} ssh-proxy "$@"\n`;
  writeFileSync(proxyCommand, script, { mode: 0o700 });
  const lines = [
    `Host ${target}`,
    `Port ${server.port}`,
    ...clientLines(server, writeKnownHosts(server, target)),
    'LogLevel ERROR',
    `ProxyCommand '${proxyCommand}' %h %p`,
    '',
  ];
  writeFileSync(configuration, lines.join('\n'), { mode: 0o600 });
  return {
    copy(from, to) {
      writeFileSync(processIdFile, '');
      const options = { env: environment(settings), cwd: server.directory };
      return measureRun(['scp', '-F', configuration, from, to], options, async () => {
        while (existsSync(processIdFile)) {
          const processId = Number(readFileSync(processIdFile, 'utf8'));
          if (processId > 0) return processId;
          await delay(POLL_MS);
        }
        return 0;
      });
    },
  };
}
