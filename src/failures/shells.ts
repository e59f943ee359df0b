import { defineFailures } from '../lib/errors/failure.ts';

/** Failures of shells and commands that options arrange: nothing was run. */
export const shellFailures = defineFailures({
  'variable-invalid': {
    reason: 'input',
    text: (name: string) => [
      `"${name}" is not a valid name of an environment variable`,
      'Pass --env NAME=VALUE. A name has letters, digits and _ only, and does not begin with a digit',
    ],
  },
  'variable-unset': {
    reason: 'input',
    text: (name: string) => [
      `The environment variable ${name} is not set on this machine`,
      `Set it here, or pass its value: --env ${name}=VALUE`,
    ],
  },
  'user-unknown': {
    reason: 'session',
    text: (user: string) => [
      `The target has no user "${user}"`,
      'To list its users, run `getent passwd` there',
    ],
  },
  'user-not-allowed': {
    reason: 'session',
    text: (user: string, why: string) => [
      `The target does not let this session's user become "${user}"${why === '' ? '' : `: ${why}`}`,
      'It needs sudo without a password. Check the sudoers file on the target, or leave out --user',
    ],
  },
  'sudo-missing': {
    reason: 'session',
    text: (user: string) => [
      `The target has no sudo, which the session needs to become "${user}"`,
      'Install sudo there, or leave out --user',
    ],
  },
  'shell-missing': {
    reason: 'session',
    text: (shell: string) => [
      `The target has no program "${shell}"`,
      'Install it there, or pass another --shell',
    ],
  },
  'login-shell-missing': {
    reason: 'session',
    text: () => [
      'The login shell of the user does not exist on the target',
      'Name another one: --shell sh',
    ],
  },
  'shell-not-permitted': {
    reason: 'session',
    text: () => [
      'The user has no login shell: the target does not let it log in',
      'To open a shell nevertheless, name it: --shell sh',
    ],
  },
  'directory-unusable': {
    reason: 'session',
    text: (directory: string) => [
      `The target has no directory "${directory}" that the user may enter`,
      'Correct --dir. A path that does not begin with / begins in the home directory of --user',
    ],
  },
  'shell-not-started': {
    reason: 'session',
    text: (why: string) => [
      `The target could not start the shell${why === '' ? '' : `: ${why}`}`,
      'Check the options. To open the shell of the session preferences, leave them out',
    ],
  },
});
