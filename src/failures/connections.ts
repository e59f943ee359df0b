import { defineFailures } from '../lib/errors/failure.ts';

/** Failures of the files that name connections, and of what uses a connection. */
export const connectionFailures = defineFailures({
  'connections-unreadable': {
    reason: 'input',
    text: (path: string, why: string, remedy: string) => [
      `The file of connections ${path} cannot be read: ${why}`,
      remedy,
    ],
  },
  'connections-untrusted': {
    reason: 'input',
    text: (path: string, why: string, remedy: string) => [
      `The file of connections ${path} is refused: ${why}`,
      remedy,
    ],
  },
  'connections-invalid': {
    reason: 'input',
    text: (path: string, line: string, problem: string, remedy: string) => [
      `${path}, line ${line}: ${problem}`,
      remedy,
    ],
  },
  'connections-unwritable': {
    reason: 'input',
    text: (path: string, why: string) => [
      `The file of connections ${path} cannot be written: ${why}`,
      'Make it writable, and try again. It is unchanged',
    ],
  },
  'connections-locked': {
    reason: 'input',
    text: (path: string, lock: string) => [
      `Another program is changing the file of connections ${path}`,
      `Try again. If none is running, remove ${lock}`,
    ],
  },
  'connection-exists': {
    reason: 'input',
    text: (name: string, path: string, line: string) => [
      `The connection "${name}" exists already: ${path}, line ${line}`,
      'Use another name, or change that one in an editor',
    ],
  },
  'connection-other-account': {
    reason: 'input',
    text: (name: string) => [
      `"${name}" is in another account or region than what the command uses already`,
      'Pass --profile and --region if they are the same, or run one command for each',
    ],
  },
});
