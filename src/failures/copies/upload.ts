import { defineFailures } from '../../lib/errors/failure.ts';

const COPY_AGAIN = 'Copy it again';

/** Failures of a copy to a target. `path` is the destination there. */
export const uploadFailures = defineFailures({
  'upload-directory': {
    reason: 'input',
    text: (path: string) => [
      `${path} on the target is a directory`,
      'Add the name of the file to the destination',
    ],
  },
  'upload-not-a-directory': {
    reason: 'input',
    text: (path: string) => [
      `${path} on the target is not a directory`,
      'Choose another destination',
    ],
  },
  'upload-special-file': {
    reason: 'input',
    text: (path: string) => [
      `${path} on the target is a device or another special file, which a copy would replace`,
      'Choose another destination',
    ],
  },
  'upload-directory-missing': {
    reason: 'input',
    text: (path: string) => [
      `The directory for ${path} does not exist on the target`,
      'Create it there, or choose another destination',
    ],
  },
  'upload-not-permitted': {
    reason: 'input',
    text: (path: string, why: string) => [
      `The user of the session may not write ${path} on the target: ${why}`,
      'Choose another destination, or add --sudo',
    ],
  },
  'upload-disk-full': {
    reason: 'input',
    text: (path: string, why: string) => [
      `There is no space for ${path} on the target: ${why}`,
      'Free some space there, or choose another destination',
    ],
  },
  'upload-unwritable': {
    reason: 'input',
    text: (path: string, why: string) => [
      `Cannot write ${path} on the target: ${why}`,
      'Choose another destination',
    ],
  },
  'upload-directory-changed': {
    reason: 'input',
    text: (path: string) => [
      `The temporary directory beside ${path} on the target belongs to another user, or was removed`,
      COPY_AGAIN,
    ],
  },
  'upload-directory-unowned': {
    reason: 'input',
    text: (path: string) => [
      `The file system of ${path} on the target does not keep owners and permissions, so that others could replace what is copied`,
      'Choose a destination on another one',
    ],
  },
  'upload-busy': {
    reason: 'input',
    text: (path: string) => [
      `Another copy with --resume writes ${path} on the target`,
      'Wait for its end, or copy without --resume',
    ],
  },
  'upload-appeared': {
    reason: 'input',
    text: (path: string) => [`${path} was created on the target while it was copied`, COPY_AGAIN],
  },
  'upload-stalled': {
    reason: 'input',
    text: (path: string) => [
      `Copying to ${path} stopped: the target has not answered for 2 minutes`,
      'Check its disks, and copy again',
    ],
  },
  'upload-tool-missing': {
    reason: 'input',
    text: (path: string, tool: string) => [
      `Cannot copy to ${path}: the target lacks ${tool}`,
      'Install it there',
    ],
  },
  'upload-sudo-refused': {
    reason: 'input',
    text: (path: string, why: string) => [
      `Cannot write ${path} as root: ${why}`,
      'Allow sudo without a password for the user of the session, or leave out --sudo',
    ],
  },
  'upload-receiver-failed': {
    reason: 'input',
    text: (path: string) => [
      `Cannot copy to ${path}: the commands that receive it ended on the target`,
      'Check that the target has sh, dd and stty',
    ],
  },
  'upload-source-shorter': {
    reason: 'input',
    text: (path: string) => [
      `The file became shorter while it was copied to ${path}`,
      'Copy it again when nothing writes to it',
    ],
  },
  'upload-damaged': {
    reason: 'input',
    text: (path: string) => [
      `The copy for ${path} differs from the file: its SHA-256 on the target is another one`,
      COPY_AGAIN,
    ],
  },
  'upload-tar-failed': {
    reason: 'input',
    text: (path: string, why: string) => [
      `Not everything could be unpacked into ${path} on the target: ${why}`,
      COPY_AGAIN,
    ],
  },
});
