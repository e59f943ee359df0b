import type { Writable } from 'node:stream';
import { sessionFailures } from '../failures/session.ts';
import { drain } from '../lib/drain.ts';
import { printableLines } from '../lib/printable.ts';
import { acceptsText } from '../lib/buffered-text.ts';
import type { Logger } from '../logging/logger.ts';
import type { End, SessionFailure } from './ending.ts';
import type { Begun } from './lifecycle.ts';
import type { SessionEvent } from './session-event.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { SessionTexts } from './texts/caller-texts.ts';

/**
 * Where the texts of a session go, and which exit status each end gives. Output of the remote side always
 * goes to stdout and stderr. Texts for stdout go to stderr while stdout is the byte stream of a port.
 */
export interface Presentation {
  /** What it prints: for callers or for people. */
  readonly wording: SessionTexts;
  /** Texts that callers read: the start, opened ports, the end. Undefined: nowhere. */
  readonly texts: Writable | undefined;
  /** Notices for the person, such as that it is reconnecting. Undefined: nowhere. */
  readonly notices: Writable | undefined;
  /** Whether `notices` is a terminal, where a line can be rewritten. */
  readonly noticesOnTerminal: boolean;
  /** Why the session did not start or cannot continue. Undefined: nowhere, as the caller reports it. */
  readonly failures: Writable | undefined;
  /** Makes a line of JSON of a failure; undefined where people read its text. */
  readonly failureJson: ((failure: SessionFailure) => string) | undefined;
  /** Exit status when it does not start or is lost. */
  readonly failureStatus: number;
  /** Exit status when it is cut off: by its user with `~.`, or by the remote side with a reason. */
  readonly cutOffStatus: number;
  /**
   * The failure when the remote side ends without an exit status, which then counts as a failure;
   * undefined when it need not report one.
   */
  readonly missingExitStatus: ((agentVersion: string) => SessionFailure) | undefined;
  /** Receives what happens, and shows that the session reconnects; undefined for no listener. */
  readonly onEvent: ((event: SessionEvent) => void) | undefined;
}

/**
 * What kind of text it is, which decides where it goes: `text`: callers read it. `exit`: the ordinary end;
 * omitted after a byte stream, where it would only litter the terminal. `reason`: why the session ended.
 * `failure`: why a running session cannot continue. `error`: why it did not start. `notice`: for the person.
 */
export type TextKind = 'text' | 'exit' | 'reason' | 'failure' | 'error' | 'notice';

/** A text of the program, not yet made safe for a terminal. */
export interface SessionText {
  readonly kind: TextKind;
  readonly text: string;
  /** The failure that it reports; undefined for other texts. */
  readonly failure?: SessionFailure;
}

/** What is known at the end of a session. */
export interface EndFacts {
  readonly sessionId: string;
  /** Undefined when the session had not begun. */
  readonly begun: Begun | undefined;
  /** The exit status that the remote side has reported, if it has. */
  readonly reportedStatus: number | undefined;
}

/** Texts of an end: those before the session is ended on the service, and those after. */
interface EndTexts {
  readonly before: readonly SessionText[];
  readonly after: readonly SessionText[];
}

/** A failure as a line of its own. */
export function sessionFailureText(
  kind: TextKind,
  failure: SessionFailure,
  { wording }: Pick<Presentation, 'wording'>,
): SessionText {
  return { kind, text: wording.failure(failure), failure };
}

/** @returns what to print at an end, in order */
export function endTexts(end: End, facts: EndFacts, presentation: Presentation): EndTexts {
  const { sessionId } = facts;
  const { wording } = presentation;
  const exit: SessionText = { kind: 'exit', text: wording.exiting(sessionId) };
  switch (end.kind) {
    case 'closed-by-service':
      return { before: [], after: closingTexts(end.output, facts, presentation) };
    case 'timed-out':
      return {
        before: [],
        after: [
          {
            kind: 'reason',
            text: wording.timedOut(sessionId),
            failure: sessionFailures['session-timed-out'](),
          },
        ],
      };
    case 'lost': {
      const { failure: cause } = end;
      const failure = sessionFailures['session-lost'](cause.problem, cause.remedy);
      return {
        before: [],
        after: [
          { kind: 'failure', text: wording.lost(failure, cause), failure },
          { kind: 'text', text: wording.afterLoss(sessionId) },
        ],
      };
    }
    case 'not-opened':
    case 'cannot-start':
      return {
        before: [],
        after: [{ kind: 'error', text: wording.cannotStart(end.failure), failure: end.failure }],
      };
    case 'leave':
      return { before: [{ kind: 'exit', text: end.text }], after: [exit] };
    case 'fail':
      return { before: [sessionFailureText('failure', end.failure, presentation)], after: [exit] };
    case 'reader-closed':
      return { before: [], after: [exit] };
    case 'fatal-error':
      return { before: [], after: [] };
  }
}

/** The failure that the remote side has reported no exit status; undefined when it has, or need not. */
function missingStatus(
  { begun, reportedStatus }: EndFacts,
  { missingExitStatus }: Presentation,
): SessionFailure | undefined {
  if (begun === undefined || reportedStatus !== undefined) return undefined;
  return missingExitStatus?.(begun.agentVersion);
}

function closingTexts(
  output: string,
  facts: EndFacts,
  presentation: Presentation,
): readonly SessionText[] {
  const { wording } = presentation;
  const { sessionId, begun } = facts;
  const failureOfStatus = missingStatus(facts, presentation);
  const missing: SessionText[] =
    failureOfStatus === undefined
      ? []
      : [sessionFailureText('error', failureOfStatus, presentation)];
  if (output === '') return [...missing, { kind: 'exit', text: wording.exiting(sessionId) }];
  const failure = sessionFailures['session-closed'](output);
  const closing: SessionText =
    begun === undefined
      ? { kind: 'error', text: wording.refusedWithOutput(sessionId, output), failure }
      : { kind: 'reason', text: wording.closedWithOutput(sessionId, output), failure };
  return [...missing, closing];
}

/** @returns the exit status of the program that an end gives */
export function endStatus(
  end: End,
  { begun, reportedStatus }: Omit<EndFacts, 'sessionId'>,
  presentation: Presentation,
): number {
  const { failureStatus, cutOffStatus, missingExitStatus } = presentation;
  switch (end.kind) {
    case 'closed-by-service':
      // Closed with a reason before it began: it never started.
      if (begun === undefined) return end.output === '' ? 0 : failureStatus;
      if (reportedStatus !== undefined) return reportedStatus;
      if (missingExitStatus !== undefined) return failureStatus;
      return end.output === '' ? 0 : cutOffStatus;
    case 'leave':
      return end.exitCode;
    case 'reader-closed':
      return reportedStatus ?? 0;
    case 'timed-out':
    case 'lost':
    case 'not-opened':
    case 'fail':
    case 'cannot-start':
    case 'fatal-error':
      return failureStatus;
  }
}

/** @returns why a session ended, for a listener; undefined when this side or the remote one wanted it */
export function endFailure(
  end: End,
  facts: EndFacts,
  presentation: Presentation,
): SessionFailure | undefined {
  switch (end.kind) {
    case 'closed-by-service':
      if (end.output !== '') return sessionFailures['session-closed'](end.output);
      return missingStatus(facts, presentation);
    case 'timed-out':
      return sessionFailures['session-timed-out']();
    case 'lost':
    case 'not-opened':
    case 'fail':
    case 'cannot-start':
      return end.failure;
    case 'leave':
    case 'reader-closed':
    case 'fatal-error':
      return undefined;
  }
}

/** Writes the texts of one session where they belong. */
export interface Presenter {
  /** Makes the text safe for a terminal and writes it. */
  print(text: SessionText): void;
  /** The same for a text that the agent causes: dropped while too many are unread. */
  printCaused(text: SessionText): void;
  /** Resolves when the system has taken failures and stdout. */
  drained(): Promise<unknown>;
}

/** What a presenter writes to. */
export interface PresenterOptions {
  readonly presentation: Presentation;
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** On it, each text begins on a line of its own. */
  readonly terminal: Pick<Terminal, 'writeLines'>;
  readonly logger: Logger;
  /** Whether stdout is the byte stream of a port, so that no text may go there. */
  readonly stdoutIsData: () => boolean;
}

/** Creates the presenter of one session. */
export function createPresenter(options: PresenterOptions): Presenter {
  const { presentation, stdout, stderr, terminal, logger, stdoutIsData } = options;
  const { failures } = presentation;
  const apart = (stream: Writable): Writable =>
    stream === stdout && stdoutIsData() ? stderr : stream;
  /** The stream where callers expect a failure; on stdout they expect only a failure of the start. */
  const failuresAreApart = failures !== stdout;

  const streamFor = (kind: TextKind): Writable | undefined => {
    switch (kind) {
      case 'text':
        return presentation.texts;
      case 'exit':
        return stdoutIsData() ? undefined : presentation.texts;
      case 'notice':
        return presentation.notices;
      case 'reason':
        if (failuresAreApart) return failures;
        return presentation.texts ?? presentation.notices;
      case 'failure':
        return failuresAreApart ? failures : stderr;
      case 'error':
        return failures;
    }
  };
  const write = (stream: Writable | undefined, { text, failure }: SessionText): void => {
    if (stream === undefined || text === '') return;
    const { failureJson } = presentation;
    if (failure !== undefined && failureJson !== undefined) {
      apart(stream).write(failureJson(failure));
    } else terminal.writeLines(apart(stream), printableLines(text));
  };

  return {
    print: (text) => write(streamFor(text.kind), text),
    printCaused(text) {
      const stream = streamFor(text.kind);
      if (stream === undefined || acceptsText(apart(stream))) write(stream, text);
      else logger.warn('dropped a text: the output is not read');
    },
    drained: () =>
      Promise.all([failures === undefined ? undefined : drain(apart(failures)), drain(stdout)]),
  };
}
