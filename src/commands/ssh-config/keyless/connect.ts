import type { Command } from 'commander';
import type { CommandContext } from '../../../cli/framework/command-context.ts';
import { examples } from '../../../cli/framework/command-line.ts';
import type { CommandHelp } from '../../../cli/framework/help/help-page.ts';
import { parsePort } from '../../../cli/framework/parse-port.ts';
import { ValueError } from '../../../cli/framework/usage/value-error.ts';
import { SSH_DOCUMENT } from '../../../cli/process/signals/hang-up.ts';
import type { Remote } from '../../../cli/remote/remote.ts';
import { openSession } from '../../../cli/run/open-session.ts';
import { checkAdded, pushKey } from '../../../cli/ssh/push-key.ts';
import { isUserName } from '../../../cli/ssh/read-ssh-target.ts';
import { openHostFiles, readKnownHost, type HostFiles } from './host-files.ts';
import { acquireKey } from './host-key-pair.ts';
import { parseHostName, type HostName } from './host-name.ts';
import { isFresh, readHost, remoteOf } from './read-host.ts';

/**
 * `__keyless-connect HOST PORT USER`: the ProxyCommand of the block of `ssh-config --keyless`. Before it connects, it makes
 * the key, pushes it, and writes the host keys that it has read from the target: ssh reads these files only after the first bytes
 * of the server.
 */
export function configureConnect(command: Command, context: CommandContext): CommandHelp {
  command
    .description('Pushes a key, and connects stdin and stdout to the port, for ssh.')
    .argument('<host>', 'host name, as ssh has it', parseHost)
    .argument('<port>', 'port of the SSH server', (text: string) => parsePort(text))
    .argument('<user>', 'user that ssh logs in as', parseUser)
    .action(async (name: HostName, portNumber: string, user: string) => {
      const files = await openHostFiles(context, name);
      const remote = await remoteOf(context, name);
      const key = await acquireKey(context, files.key);
      try {
        const isAdmitted = await admit(context, remote, { files, user, publicKey: key.publicKey });
        // A signal ends the command.
        if (!isAdmitted) return;
        const request = {
          target: remote.target.id,
          documentName: SSH_DOCUMENT,
          parameters: { portNumber: [portNumber] },
        };
        context.exitWith(await openSession(remote.context, request, { texts: 'nowhere' }));
      } finally {
        key.release();
      }
    });
  return { examples: examples('__keyless-connect web-1.ssm 22 ec2-user') };
}

/** The user who logs in, and the key. */
interface Login {
  readonly files: HostFiles;
  readonly user: string;
  readonly publicKey: string;
}

/**
 * Pushes a key, and makes sure that the host keys are known.
 *
 * @returns false when the command was stopped
 * @throws AwsError, CommandError or SessionError when the target does not accept the key
 */
async function admit(
  context: CommandContext,
  remote: Remote,
  { files, user, publicKey }: Login,
): Promise<boolean> {
  const known = await readKnownHost(files, context.options);
  const { id, title } = remote.target;
  const isInstance = id.startsWith('i-');
  const push = async (asks: boolean): Promise<boolean> => {
    const first = isInstance && asks ? 'instance-connect' : 'command';
    return (await pushKey(remote, user, publicKey, first)) !== undefined;
  };
  if (known?.id === id && isFresh(context, known)) return push(known.target.hasInstanceConnect);
  const key = { publicKey, when: isInstance ? 'if-needed' : 'always' } as const;
  const read = await readHost(context, remote, { files, user, key });
  if (read === undefined) return false;
  checkAdded(read.target, title);
  return read.target.added !== undefined || push(true);
}

function parseHost(text: string): HostName {
  const name = parseHostName(text);
  if (name === undefined) throw new ValueError(['A host name is a target, or TARGET.ssm.']);
  return name;
}

function parseUser(text: string): string {
  if (!isUserName(text)) throw new ValueError(['A user has a name of letters, digits and _.@+-.']);
  return text;
}
