/** What is waited for, as it is shown to the user. */
export interface WaitSubject {
  /** `Systems Manager in eu-west-1`. */
  readonly name: string;
  /** Where the answer comes from: a host, a profile. */
  readonly place: string;
}

/**
 * Reports that the program waits for an answer.
 *
 * @param since - when it began, in monotonic milliseconds; undefined for now
 * @returns ends it: the answer is there, or is no longer needed. Further calls do nothing
 */
export type ReportWait = (subject: WaitSubject, since?: number) => () => void;

/** For runs that show nothing about waiting. */
export const noWaits: ReportWait = () => () => undefined;
