/**
 * How much a finding matters. Only a failure keeps sessions from working. A check is skipped when
 * something that it needs has failed.
 */
export type Verdict = 'ok' | 'warning' | 'failure' | 'skipped';

/** The result of one check. It never contains a secret, because users show it to others. */
export interface Finding {
  /** What was checked: `credentials`, `endpoint ssm`. */
  readonly check: string;
  readonly verdict: Verdict;
  /** The fact, or what is wrong, without a full stop. */
  readonly text: string;
  /** What to do about it, with commands in backquotes; undefined when there is nothing. */
  readonly next: string | undefined;
}

/** The check of the permissions to start sessions. */
export const PERMISSIONS = 'permissions';

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

/** @param why - what has to be corrected first, after "because": `no region is set` */
export function skipped(check: string, why: string): Finding {
  return { check, verdict: 'skipped', text: `not checked, because ${why}`, next: undefined };
}

/** Whether what was checked can be used by further checks. */
export function isUsable({ verdict }: Finding): boolean {
  return verdict === 'ok' || verdict === 'warning';
}
