import { defineFailures } from '../lib/errors/failure.ts';

const WITHOUT_FAST = 'Leave out --fast, or use --fast=auto';

/** Failures of fast tunnels. */
export const tunnelFailures = defineFailures({
  'tunnel-without-interpreter': {
    reason: 'input',
    text: () => [
      'The target has neither Python 3.6 nor Perl 5.10, which a fast tunnel needs there',
      `Install python3 or perl on the target. ${WITHOUT_FAST}`,
    ],
  },
  'tunnel-without-directory': {
    reason: 'input',
    text: () => [
      'The target has no directory for a fast tunnel: $TMPDIR, /tmp and /dev/shm cannot be written to',
      `Make one of them writable. ${WITHOUT_FAST}`,
    ],
  },
  'tunnel-without-fifo': {
    reason: 'input',
    text: () => [
      'The target cannot carry a fast tunnel: `mkfifo` failed there',
      `Install mkfifo on the target: it is a part of coreutils and of BusyBox. ${WITHOUT_FAST}`,
    ],
  },
  'tunnel-needed': {
    reason: 'input',
    text: (what: string) => [
      `The agent cannot forward ${what}: it forwards TCP ports only`,
      'To see what a fast tunnel lacks, run the command with --fast',
    ],
  },
  'remote-port-in-use': {
    reason: 'session',
    text: (port: number, address: string) => [
      `Port ${port} of ${address} on the target is in use, or the target does not have this address`,
      `Choose another port, or 0 for any free one. \`ss -ltn\` on the target shows what is in use`,
    ],
  },
  'remote-port-denied': {
    reason: 'session',
    text: (port: number) => [
      `The user of the session may not listen on port ${port} of the target`,
      'Choose a port of 1024 or above, or 0 for any free one. To use this one, add --user root',
    ],
  },
  'remote-listen-failed': {
    reason: 'session',
    text: (port: number, address: string, why: string) => [
      `The target cannot listen on port ${port} of ${address}: ${why}`,
      'Choose another port or address',
    ],
  },
  'tunnel-logged': {
    reason: 'input',
    text: (where: string) => [
      `This account logs sessions to ${where}: the log would contain what goes through a fast tunnel. Nothing was started`,
      'Leave out --fast: what goes through ports is not logged. To have it logged, add --allow-logged',
    ],
  },
  'tunnel-ended': {
    reason: 'session',
    text: (why: string) => [
      why === ''
        ? 'The fast tunnel ended on the target'
        : `The fast tunnel ended on the target: ${why}`,
      'Check that the target still runs, and start the command again',
    ],
  },
  'tunnel-silent': {
    reason: 'session',
    text: () => [
      'The fast tunnel does not answer any more',
      'Check that the target still runs, and start the command again',
    ],
  },
  'tunnel-data-invalid': {
    reason: 'session',
    text: (why: string) => [
      `The target sent data that does not belong to a fast tunnel: ${why}`,
      'Do not trust this target until you have examined it',
    ],
  },
});
