import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import type { TestContext } from 'node:test';
import type { LocalSession } from '../../../../local-aws/local-aws.ts';
import { startCommandPiped, type PipedProgram } from '../../../support/piped-program.ts';
import { programCommand } from '../../../support/program.ts';
import { startSession, type SessionWish } from '../../../support/target.ts';
import { NO_RATE_LIMIT } from '../port-session.ts';
import { clientLines, type SshServer } from './ssh-server.ts';
import { stdioRequest } from '../stdio-session.ts';

/** The name of the server in the client's configuration. */
export const HOST = 'target';

const RESPONSE_VARIABLE = 'AWS_SSM_START_SESSION_RESPONSE';

/** A program of OpenSSH whose one connection uses a session of its own. */
export interface SshClient {
  readonly session: LocalSession;
  readonly program: PipedProgram;
}

/**
 * Starts `ssh`, `scp` or `sftp` with the program as its ProxyCommand, with which OpenSSH reaches a server
 * that has no address.
 *
 * @param args - after the options; the server is called `target`
 */
export async function startSshClient(
  t: TestContext,
  server: SshServer,
  command: 'ssh' | 'scp' | 'sftp',
  args: readonly string[],
  wish: Omit<SessionWish, 'document' | 'parameters'> = {},
): Promise<SshClient> {
  const started = await startSession(t, stdioRequest(server.port, wish));
  const { sessionId } = started.session;
  const [response = '', ...rest] = started.args;
  const configuration = join(server.directory, `config-${sessionId}`);
  const proxyCommand = programCommand([RESPONSE_VARIABLE, ...rest])
    .map(quoted)
    .join(' ');
  writeFileSync(
    configuration,
    [
      `Host ${HOST}`,
      ...clientLines(server),
      'LogLevel ERROR',
      `ProxyCommand ${proxyCommand}`,
      '',
    ].join('\n'),
    { mode: 0o600 },
  );
  const program = startCommandPiped(t, [command, '-F', configuration, ...args], {
    env: { ...NO_RATE_LIMIT, [RESPONSE_VARIABLE]: response },
    directory: server.directory,
  });
  return { session: started.session, program };
}

/** For the shell, and for the configuration, where a percent sign is special. */
function quoted(argument: string): string {
  return `'${argument.replaceAll("'", `'\\''`).replaceAll('%', '%%')}'`;
}
