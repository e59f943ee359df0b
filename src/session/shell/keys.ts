import { createEscapeDetector, ESCAPE_HELP } from './escape-detector.ts';

/** The keys that a terminal turns into signals (termios: VINTR, VQUIT and VSUSP). */
export const CONTROL_CHARACTERS = { SIGINT: 0x03, SIGQUIT: 0x1c, SIGTSTP: 0x1a } as const;

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** What typed keys may cause. */
export interface KeyActions {
  /** Sends keys to the remote side. */
  readonly type: (keys: Buffer) => void;
  /** Ends the session: `~.` */
  readonly leave: () => void;
  /** Shows a text on the terminal. */
  readonly show: (text: string) => void;
}

/** @returns what takes each read of the terminal, finds the escapes in it and sends the rest */
export function createKeyReader({ type, leave, show }: KeyActions): (typed: Buffer) => void {
  const detector = createEscapeDetector();
  return (typed) => {
    const { send, escapes } = detector.feed(typed);
    for (const escape of escapes) {
      switch (escape) {
        case 'terminate':
          leave();
          return;
        case 'help':
          show(ESCAPE_HELP);
      }
    }
    if (send.length > 0) type(send);
  };
}

/**
 * @param piped - one read of a stdin that is no terminal
 * @returns the keys to send. A single line feed is the Enter of a person or a program that types, and
 *   Windows targets know Enter only as a carriage return.
 */
export function keysOfPipe(piped: Buffer): Buffer {
  const isEnter = piped.length === 1 && piped[0] === LINE_FEED;
  return isEnter ? Buffer.from([CARRIAGE_RETURN]) : piped;
}
