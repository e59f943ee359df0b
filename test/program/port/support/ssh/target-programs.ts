import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../../../../session/port/support/local-programs.ts';
import type { CleanupScope } from '../../../../support/cleanup-scope.ts';
import { temporaryDirectory } from '../../../../support/temporary-directory.ts';
import type { SshServer } from './ssh-server.ts';

/** The programs of a target with an SSH server, as commands find them. */
export interface TargetPrograms {
  /** The environment of commands. */
  readonly environment: { readonly PATH: string };
  /** Ends what waits on the target: it then removes the keys that commands have added. */
  readonly letKeysExpire: () => void;
}

/**
 * A PATH on which `sshd` is that of a server, and `sleep` can be ended. Nothing waits any more when the test ends.
 *
 * @param further - programs that come first, by their names
 */
export function targetPrograms(
  t: CleanupScope,
  { programs }: Pick<SshServer, 'programs'>,
  further: Readonly<Record<string, string>> = {},
): TargetPrograms {
  const letKeysExpire = (): void => {
    for (const name of readdirSync(sleepers)) endProcess(Number(name.split('-')[0]));
  };
  t.after(async () => {
    letKeysExpire();
    await until(() =>
      readdirSync(sleepers).every((name) => !isRunning(Number(name.split('-')[1]))),
    );
  });
  const directory = temporaryDirectory(t);
  const sleepers = join(directory, 'sleepers');
  const bin = join(directory, 'bin');
  for (const path of [sleepers, bin]) mkdirSync(path);
  const own = {
    // Its process and its parent, which removes the key then.
    sleep: `: >${sleepers}/$$-$PPID\nexec /bin/sleep "$@"`,
    ...further,
  };
  for (const [name, script] of Object.entries(own)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }
  const PATH = [bin, programs, process.env['PATH'] ?? ''].join(':');
  return { environment: { PATH }, letKeysExpire };
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGTERM');
  } catch {
    // It has ended.
  }
}
