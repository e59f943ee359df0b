import type { Writable } from 'node:stream';
import { texts } from '../../../src/session/texts/caller-texts.ts';
import type { Presentation } from '../../../src/session/presentation.ts';

/** How a session presents itself when the AWS CLI has started it. */
export function callerPresentation(stdout: Writable, stderr: Writable): Presentation {
  return {
    wording: texts,
    texts: stdout,
    notices: stderr,
    noticesOnTerminal: false,
    failures: stdout,
    failureJson: undefined,
    failureStatus: FAILURE_STATUS,
    cutOffStatus: 0,
    missingExitStatus: undefined,
    onEvent: undefined,
  };
}

/** Exit status when a session does not start or is lost. */
export const FAILURE_STATUS = 1;
