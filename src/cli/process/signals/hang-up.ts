/** stdin, stdout and stderr. */
const STANDARD_STREAMS = [0, 1, 2] as const;

/** The document whose sessions are ssh's ProxyCommand. */
export const SSH_DOCUMENT = 'AWS-StartSSHSession';

/**
 * Whether SIGHUP ends the program. nohup(1) starts programs with SIGHUP ignored, but Node.js sets every
 * signal back to its default before any code of ours runs (ResetSignalHandlers in its src/node.cc). So nohup
 * is recognised by its streams: none of the standard streams is a terminal. Then the program continues.
 *
 * On Windows SIGHUP is the console window that is closed, after which the system ends the program anyway.
 */
export function hangUpEnds(
  platform: NodeJS.Platform,
  isTerminal: (descriptor: number) => boolean,
): boolean {
  return platform === 'win32' || STANDARD_STREAMS.some(isTerminal);
}

/**
 * Whether the program was started for an SSH session. OpenSSH ends its ProxyCommand with SIGHUP, often
 * with no terminal on any stream (`ssh_kill_proxy_command` in its sshconnect.c): that always ends it.
 *
 * @param args - argv without program names, with the name of the command first
 */
export function asksForSsh(args: readonly string[]): boolean {
  const [name = ''] = args;
  return (
    ['ssh-proxy', '__ssh-connect', '__keyless-connect'].includes(name) ||
    args.some((argument) => argument.endsWith(SSH_DOCUMENT))
  );
}
