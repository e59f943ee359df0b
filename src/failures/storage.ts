import { defineFailures } from '../lib/errors/failure.ts';

/** Failures of the directories in which this program keeps its own files. */
export const storageFailures = defineFailures({
  'runtime-directory-unusable': {
    reason: 'input',
    text: (path: string, why: string, remedy: string) => [
      `The directory ${path} cannot be used: ${why}`,
      remedy,
    ],
  },
  'private-files-unwritable': {
    reason: 'input',
    text: (path: string, why: string, variable: PrivateFilesVariable) => [
      `Private files cannot be written in ${path}: ${why}`,
      `Free some space there, or set ${variable} (on Windows: LOCALAPPDATA) to a directory that only you can use`,
    ],
  },
});

/** With which the user chooses where such files are. */
export type PrivateFilesVariable = 'XDG_RUNTIME_DIR' | 'XDG_STATE_HOME';
