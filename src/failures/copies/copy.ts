import { defineFailures } from '../../lib/errors/failure.ts';

const CHECK_SPACE = 'Check the permissions of the directory and the free space there';

/** Failures of `cp` that concern paths of this machine, and which copies are possible. */
export const copyFailures = defineFailures({
  'copy-source-missing': {
    reason: 'input',
    text: (path: string, where: string) => [
      `"${path}" does not exist on ${where}`,
      'Patterns such as *.log are not expanded on a target. To copy several files there, copy their directory with -r',
    ],
  },
  'copy-source-unreadable': {
    reason: 'input',
    text: (path: string, where: string, why: string) => [
      `"${path}" on ${where} cannot be read: ${why}`,
      'Check the permissions of the file and of the directories above it',
    ],
  },
  'copy-directory': {
    reason: 'input',
    text: (path: string, where: string) => [
      `"${path}" on ${where} is a directory`,
      'Add -r to copy it with all it contains',
    ],
  },
  'copy-special-file': {
    reason: 'input',
    text: (path: string, where: string) => [
      `"${path}" on ${where} is neither a file nor a directory`,
      'Copy a file or, with -r, a directory',
    ],
  },
  'copy-needs-directory': {
    reason: 'input',
    text: (path: string, where: string) => [
      `The destination "${path}" on ${where} is not a directory`,
      'Pass a directory that exists',
    ],
  },
  'copy-stdin-needs-name': {
    reason: 'input',
    text: (path: string, where: string) => [
      `The destination "${path}" on ${where} is a directory, and stdin has no name`,
      'Write the name of the new file after the directory',
    ],
  },
  'copy-directory-missing': {
    reason: 'input',
    text: (path: string, where: string) => [
      `The directory "${path}" does not exist on ${where}`,
      'Create it first, or choose another destination',
    ],
  },
  'copy-in-the-way': {
    reason: 'input',
    text: (path: string, kind: string, wanted: string) => [
      `"${path}" is ${kind}, and the copy has ${wanted} there. Nothing was changed`,
      'Remove or rename it, or choose another destination',
    ],
  },
  'copy-unwritable': {
    reason: 'input',
    text: (path: string, why: string) => [`"${path}" cannot be written: ${why}`, CHECK_SPACE],
  },
  'copy-appeared': {
    reason: 'input',
    text: (path: string) => [
      `"${path}" was created while it was copied`,
      'Remove or rename it, and copy again',
    ],
  },
  'copy-name-unusable': {
    reason: 'input',
    text: (path: string, why: string) => [
      `"${path}" cannot be created on this machine: ${why}`,
      'Rename it on the target, or copy it on a machine that runs Linux or macOS',
    ],
  },
  'copy-operand-not-utf8': {
    reason: 'input',
    text: (path: string) => [
      `"${path}" is not UTF-8, and this system does not tell the program its bytes`,
      'Rename it, or copy the directory that it is in with -r',
    ],
  },
  'copy-changed': {
    reason: 'input',
    text: (path: string) => [
      `The copy of "${path}" differs from the source, by their SHA-256. The destination was not changed`,
      'The source may have changed during the copy. Copy it again',
    ],
  },
  'copy-changed-stdout': {
    reason: 'input',
    text: (path: string) => [
      `What was written of "${path}" differs from the source, by their SHA-256`,
      'The source may have changed during the copy. Copy it again',
    ],
  },
  'copy-shrunk': {
    reason: 'input',
    text: (path: string) => [
      `"${path}" became shorter while it was copied`,
      'Copy it again when no program changes it',
    ],
  },
  'copy-archive-unsafe': {
    reason: 'input',
    text: (path: string, why: string) => [
      `The target sent "${path}", ${why}. Nothing was changed`,
      'Do not trust the contents of this target until you have examined it',
    ],
  },
  'copy-archive-damaged': {
    reason: 'input',
    text: (why: string) => [
      `The target sent an archive that cannot be read: ${why}. Nothing was changed`,
      'Copy the directory again when no program changes it',
    ],
  },
  'copy-partial-file-foreign': {
    reason: 'input',
    text: (partial: string) => [
      `The partial file "${partial}" is not a file that only you can write, so the copy cannot continue it`,
      'Remove it, and run the command again',
    ],
  },
  'copy-logged': {
    reason: 'input',
    text: (where: string) => [
      `This account logs sessions to ${where}: the log would contain what you copy. Nothing was sent`,
      'To copy it all the same, add --allow-logged',
    ],
  },
  'copy-without-tar': {
    reason: 'input',
    text: (target: string) => [
      `${target} has no tar, which the copy of a directory needs`,
      'Install it there, or copy the files one by one',
    ],
  },
  'copy-to-windows': {
    reason: 'input',
    text: (target: string) => [
      `${target} runs Windows, where cp works only through S3`,
      'Add --via s3://BUCKET, with a bucket that the target can reach',
    ],
  },
});
