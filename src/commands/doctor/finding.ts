/** How much a finding matters. Only a failure keeps sessions from working. */
export type Verdict = 'ok' | 'warning' | 'failure';

/** What one check has found. Never a secret: it is made to be shown to others. */
export interface Finding {
  /** What was looked at: `credentials`, `endpoint ssm`. */
  readonly check: string;
  readonly verdict: Verdict;
  /** A sentence part without a full stop. */
  readonly text: string;
  /** What to do about it; undefined when there is nothing. */
  readonly next: string | undefined;
}

/** All is well. */
export function ok(check: string, text: string): Finding {
  return { check, verdict: 'ok', text, next: undefined };
}

/** Something will not work, or not always. */
export function warning(check: string, text: string, next?: string): Finding {
  return { check, verdict: 'warning', text, next };
}

/** Sessions do not work. */
export function failure(check: string, text: string, next?: string): Finding {
  return { check, verdict: 'failure', text, next };
}
