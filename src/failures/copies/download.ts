import { defineFailures } from '../../lib/errors/failure.ts';

const COPY_AGAIN = 'Copy again; with --resume, what is already here is not copied again';

/** Failures of `cp` from a target. `source` is as the user wrote it: `web:/var/log/syslog`. */
export const downloadFailures = defineFailures({
  'download-tool-missing': {
    reason: 'input',
    text: (what: string) => [
      `The target has no ${what}, which copies need`,
      'Install it on the target',
    ],
  },
  'download-unreadable': {
    reason: 'input',
    text: (source: string, why: string) => [
      `Cannot read ${source}: ${why}`,
      'Check the path and its permissions. With --sudo, the target reads it as root',
    ],
  },
  'download-sudo-refused': {
    reason: 'input',
    text: (source: string, why: string) => [
      `Cannot read ${source} as root: sudo: ${why}`,
      'Allow sudo without a password for the user of the session, or leave out --sudo',
    ],
  },
  'download-changed': {
    reason: 'input',
    text: (source: string) => [`${source} became shorter while it was copied`, 'Copy it again'],
  },
  'download-command-failed': {
    reason: 'input',
    text: (source: string, status: number, why: string) => [
      `Copying ${source} failed: a command on the target ended with status ${status}${why === '' ? '' : `: ${why}`}`,
      'Check that the target has sh, dd, base64, mkfifo and tee',
    ],
  },
  'download-no-directory': {
    reason: 'input',
    text: (source: string, why: string) => [
      `Cannot copy ${source}, because the target cannot make a FIFO for it: ${why}`,
      'Free some space there, or set TMPDIR for the user of the session',
    ],
  },
  'download-damaged': {
    reason: 'input',
    text: (source: string, why: string) => [
      `What the target sends for ${source} is damaged: ${why}`,
      'Run the command again with `--log-level debug`, and report the error with what it prints',
    ],
  },
  'download-stalled': {
    reason: 'input',
    text: (source: string) => [
      `Copying ${source} stopped: the target has sent nothing, also after new commands`,
      COPY_AGAIN,
    ],
  },
});
