import { defineFailures } from '../lib/errors/failure.ts';

/** Failures of what a caller such as the AWS CLI passes to the program. */
export const callerFailures = defineFailures({
  'caller-arguments-invalid': {
    reason: 'usage',
    text: (problem: string) => [
      problem,
      'Update the AWS CLI or the toolkit that starts session-manager-plugin, or correct what it passes',
    ],
  },
});
