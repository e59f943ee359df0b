import { defineFailures } from '../lib/errors/failure.ts';

/** Failures of connections files, and of commands that use a connection. */
export const connectionFailures = defineFailures({
  'connections-unreadable': {
    reason: 'input',
    text: (path: string, why: string, remedy: string) => [
      `The connections file ${path} cannot be read: ${why}`,
      remedy,
    ],
  },
  'connections-untrusted': {
    reason: 'input',
    text: (path: string, why: string, remedy: string) => [
      `The connections file ${path} is refused: ${why}`,
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
      `The connections file ${path} cannot be written: ${why}`,
      'Make it writable, and try again. It is unchanged',
    ],
  },
  'connections-locked': {
    reason: 'input',
    text: (path: string, lock: string) => [
      `Another program is changing the connections file ${path}`,
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
      `"${name}" is in another account or region than the command already uses`,
      'If both targets are in one account and region, pass --profile and --region. If not, run one command for each',
    ],
  },
});
