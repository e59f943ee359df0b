import type { Clock, Timer } from '../../lib/clock.ts';
import { USUAL_SIZE } from '../../protocol/terminal-size.ts';
import type { ScreenState, TerminalModes } from '../../terminal/terminal-modes.ts';
import type { Presentation } from '../presentation.ts';
import type { SessionEvent } from '../session-event.ts';
import { acceptsText } from '../../lib/buffered-text.ts';

/** Shows the user that the session reconnects, and for how long already. */
export interface ReconnectNotice {
  /** @param since - when the connection was lost, in monotonic milliseconds */
  disconnected(reason: string, since: number): void;
  /** The session is connected again. */
  reconnected(): void;
  /** The session is ending: the next text begins on a new line. */
  stop(): void;
}

/** The terminal that shows the notice, in the state after the remote side's output. */
export interface NoticeScreen {
  readonly modes: Pick<TerminalModes, 'screen' | 'unfinished' | 'cancel' | 'lineEnded'>;
  /** Its width now; undefined when it is unknown. */
  readonly columns: () => number | undefined;
  /** Whether output is still on its way to it. */
  readonly isBusy: () => boolean;
  /** What the notice ends with: how to leave. */
  readonly hint: () => string;
}

/** Where notices go. */
type NoticePresentation = Pick<Presentation, 'notices' | 'noticesOnTerminal'>;

/** How a notice appears, changes and disappears. */
interface NoticeStyle {
  begin(text: string): string;
  update(text: string): string;
  /** Reconnected: restores the state that the remote side expects. */
  readonly reconnected: string;
  /** The session is ending. */
  readonly stop: string;
}

const LOST = 'Connection lost';
const COUNT_EVERY_MS = 1_000;

// ECMA-48 and xterm's "Control Sequences".
const LINE_START = '\r';
const ERASE_TO_LINE_END = '\x1b[K';
/** A line below the cursor, made by scrolling at the end of the screen; the cursor stays in place. */
const ENSURE_LINE_BELOW = '\x1bD\x1b[A';
const SAVE_CURSOR = '\x1b7';
const RESTORE_CURSOR = '\x1b8';
const PLAIN_CHARACTERS = '\x1b[m\x1b(B';
const DOWN = '\x1b[B';
const INSERT_LINE = '\x1b[L';
const DELETE_LINE = '\x1b[M';
const BELL = '\x07';
const PUSH_TITLE = '\x1b[22;2t';
const POP_TITLE = '\x1b[23;2t';
const title = (text: string): string => `\x1b]2;${text}\x1b\\`;
/** An empty title, for terminals that have no stack of titles. */
const RESTORE_TITLE = `${title('')}${POP_TITLE}`;

const rewriteLine = (text: string): string => `${LINE_START}${ERASE_TO_LINE_END}${text}`;

/** Nothing erases or overwrites what the remote side has written. */
const NOTICE_STYLES: Readonly<Record<ScreenState, NoticeStyle>> = {
  'line-start': {
    begin: rewriteLine,
    update: rewriteLine,
    reconnected: '\nReconnected.\n',
    stop: '\n',
  },
  // A line is inserted below the prompt and what is typed there, and deleted again.
  'in-line': {
    begin: (text) =>
      `${ENSURE_LINE_BELOW}${SAVE_CURSOR}${PLAIN_CHARACTERS}${DOWN}${LINE_START}${INSERT_LINE}${text}`,
    update: rewriteLine,
    reconnected: `${LINE_START}${DELETE_LINE}${RESTORE_CURSOR}`,
    stop: '\n',
  },
  'full-screen': {
    begin: (text) => `${BELL}${PUSH_TITLE}${title(text)}`,
    update: title,
    reconnected: RESTORE_TITLE,
    stop: RESTORE_TITLE,
  },
};

/** Counts the seconds on a terminal where it can rewrite a line; elsewhere it writes plain lines. */
export function createReconnectNotice(
  presentation: NoticePresentation,
  clock: Clock,
  screen: NoticeScreen,
): ReconnectNotice {
  return presentation.noticesOnTerminal
    ? countOnTerminal(presentation, clock, screen)
    : writeLines(presentation);
}

/** A line that the terminal wraps could not be rewritten, so a narrow terminal gets a shorter text. */
function noticeLine(count: string, hint: string, width: number): string {
  const short = `${LOST}${count}`;
  const texts = [`Connection lost, reconnecting${count}${hint}`, `${short}${hint}`, short];
  return texts.find((text) => text.length <= width) ?? short.slice(0, width);
}

function writeLines({ notices }: NoticePresentation): ReconnectNotice {
  const write = (line: string): void => {
    if (notices !== undefined && acceptsText(notices)) notices.write(`${line}\n`);
  };
  return {
    disconnected: () => write('Connection lost, reconnecting…'),
    reconnected: () => write('Reconnected.'),
    stop: () => undefined,
  };
}

function countOnTerminal(
  { notices }: NoticePresentation,
  clock: Clock,
  { modes, columns, isBusy, hint }: NoticeScreen,
): ReconnectNotice {
  let counting: Timer | undefined;
  /** Undefined until the notice has appeared. */
  let style: NoticeStyle | undefined;

  /** Repeats the beginning of an unfinished sequence: its end arrives with the next output. */
  const put = (text: string): void => {
    const { unfinished = Buffer.alloc(0) } = modes;
    notices?.write(Buffer.concat([Buffer.from(`${modes.cancel()}${text}`), unfinished]));
  };

  const show = (since: number): void => {
    if (notices !== undefined && !acceptsText(notices)) return;
    const seconds = Math.round((clock.monotonic() - since) / COUNT_EVERY_MS);
    const line = noticeLine(`… ${seconds} s`, hint(), (columns() ?? USUAL_SIZE.cols) - 1);
    if (style !== undefined) put(style.update(line));
    else if (!isBusy() && modes.unfinished !== undefined) {
      style = NOTICE_STYLES[modes.screen];
      put(style.begin(line));
    }
  };

  const end = (by: 'reconnected' | 'stop'): void => {
    counting?.cancel();
    counting = undefined;
    if (style !== undefined) {
      put(style[by]);
      if (style[by].endsWith('\n')) modes.lineEnded();
    }
    style = undefined;
  };

  return {
    disconnected(_reason, since) {
      end('reconnected');
      counting = clock.every(COUNT_EVERY_MS, () => show(since));
      show(since);
    },
    reconnected: () => end('reconnected'),
    stop: () => end('stop'),
  };
}

/** Reports a loss as events: the listener chooses the text. */
export function reportReconnects(onEvent: (event: SessionEvent) => void): ReconnectNotice {
  return {
    disconnected: (reason, since) => onEvent({ kind: 'reconnecting', reason, since }),
    reconnected: () => onEvent({ kind: 'reconnected' }),
    stop: () => undefined,
  };
}
