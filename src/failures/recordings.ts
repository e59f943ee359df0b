import { defineFailures } from '../lib/errors/failure.ts';

/** Failures of recorded sessions. */
export const recordingFailures = defineFailures({
  'recording-exists': {
    reason: 'input',
    text: (path: string) => [
      `The file ${path} exists already`,
      'Pass another name to --record, or remove the file',
    ],
  },
  'recording-unwritable': {
    reason: 'input',
    text: (path: string, why: string) => [
      `The recording ${path} cannot be written: ${why}`,
      'Pass a name in a directory that you can write to',
    ],
  },
  'recording-incomplete': {
    reason: 'input',
    text: (path: string, why: string) => [
      `The recording ${path} is incomplete: ${why}`,
      'You can play the part that was written. The session was not affected',
    ],
  },
  'recording-unreadable': {
    reason: 'input',
    text: (path: string, why: string) => [
      `The recording ${path} cannot be read: ${why}`,
      'Pass a file that `session-manager-plugin shell TARGET --record FILE` has written',
    ],
  },
  'recording-invalid': {
    reason: 'input',
    text: (path: string, line: number) => [
      `${path}, line ${line}: this is not a recording in asciicast version 2`,
      'Pass a file that `session-manager-plugin shell TARGET --record FILE` or asciinema 2 has written',
    ],
  },
});
