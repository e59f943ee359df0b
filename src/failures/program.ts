import { defineFailures } from '../lib/errors/failure.ts';

/** Failures of the program itself. `log` is how to get a log of the next run. */
export const programFailures = defineFailures({
  internal: {
    reason: 'internal',
    text: (fault: string, log: string) => [`Internal error: ${fault}`, log],
  },
  'file-missing': {
    reason: 'internal',
    text: (file: string) => [
      `The file ${file} of session-manager-plugin is missing`,
      'Install the program again',
    ],
  },
});

/** How to get a log, by what has failed: a command, or the plugin that the AWS CLI runs. */
export const LOG_AND_REPORT = {
  command:
    'Run the command again with `--log-level debug`, and report the error with what it prints',
  plugin:
    'Set minlevel="debug" in seelog.xml, start the session again, and report the error with the log',
} as const;
