import { defineFailures } from '../lib/errors/failure.ts';

/** Failures of ssh with a temporary key. */
export const sshFailures = defineFailures({
  'ssh-missing': {
    reason: 'input',
    text: (program: string) => [
      `The program ${program} of OpenSSH is not on PATH`,
      'Install the package openssh-client (Debian, Ubuntu) or openssh-clients (Amazon Linux, RHEL, Fedora); on Windows, ' +
        'the optional feature OpenSSH Client',
    ],
  },
  'ssh-key-not-made': {
    reason: 'input',
    text: (why: string) => [
      `Cannot make the temporary key with ssh-keygen: ${why}`,
      'Run `ssh-keygen -t ed25519` to see why. To use your own key, run `session-manager-plugin ssh-config`',
    ],
  },
  'ssh-container': {
    reason: 'input',
    text: (title: string) => [
      `${title} is an ECS container, which has no SSH server`,
      'Open a shell with `session-manager-plugin shell`',
    ],
  },
  'ssh-server-missing': {
    reason: 'session',
    text: (title: string) => [
      `${title} has no SSH server: no host key was found in /etc/ssh`,
      'Install one there. `session-manager-plugin shell` and `cp` need none',
    ],
  },
  'ssh-user-needed': {
    reason: 'session',
    text: (title: string) => [
      `The default user of ${title} is not known`,
      'Name the user: `session-manager-plugin ssh USER@TARGET`',
    ],
  },
  'ssh-user-missing': {
    reason: 'session',
    text: (user: string, title: string) => [
      `${title} has no user "${user}"`,
      'Leave the user out to log in as the default user of the image',
    ],
  },
  'ssh-key-not-added': {
    reason: 'session',
    text: (user: string, title: string, why: string) => [
      `The key could not be added for the user "${user}" of ${title}${why === '' ? '' : `: ${why}`}`,
      'This needs sudo without a password in sessions there, and a home directory that the user can write to',
    ],
  },
  'ssh-key-late': {
    reason: 'session',
    text: (title: string, seconds: number) => [
      `The login to ${title} took longer than the ${seconds} s for which it accepts the key`,
      'Try again. If the connection is always slow, use `session-manager-plugin shell`',
    ],
  },
  'ssh-login-refused': {
    reason: 'session',
    text: (user: string, title: string) => [
      `The login to ${title} as "${user}" failed`,
      'If ssh reports that permission was denied, check PubkeyAuthentication, AllowUsers and PermitRootLogin of sshd there (`sudo sshd -T`), that no ' +
        'other user can write to the home directory, and the log (`sudo journalctl -u ssh -u sshd`)',
    ],
  },
});
