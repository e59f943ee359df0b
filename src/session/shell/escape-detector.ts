/** What the user asked for with an escape at the start of a line. */
export type Escape =
  /** `~.` */
  | 'terminate'
  /** `~?` */
  | 'help';

/** Text shown for `~?`, in the terminal's raw mode. */
export const ESCAPE_HELP =
  '~?\r\n' +
  'Supported escape sequences:\r\n' +
  ' ~.   - terminate session\r\n' +
  ' ~?   - this message\r\n' +
  ' ~~   - send the escape character by typing it twice\r\n' +
  '(Note that escapes are only recognized immediately after newline.)\r\n';

/** Keys on their way to the remote side, and escapes found among them. */
export interface EscapeDetector {
  /**
   * @param typed - one read from the terminal
   * @returns the bytes to send and the escapes found; after `terminate` nothing more is sent
   */
  feed(typed: Buffer): { readonly send: Buffer; readonly escapes: readonly Escape[] };
}

const TILDE = 0x7e;
const DOT = 0x2e;
const QUESTION_MARK = 0x3f;
const CARRIAGE_RETURN = 0x0d;
const LINE_FEED = 0x0a;
/**
 * A read longer than this was pasted, not typed: a pasted text may well have a line that begins with
 * an escape, and every byte of it must arrive.
 */
const LONGEST_TYPED_BYTES = 32;

/** Finds escapes as OpenSSH does: only at the start of a line, which the session's start is, too. */
export function createEscapeDetector(): EscapeDetector {
  let atLineStart = true;
  let pendingTilde = false;

  const endsLine = (byte: number | undefined): boolean =>
    byte === CARRIAGE_RETURN || byte === LINE_FEED;

  const paste = (pasted: Buffer): Buffer => {
    atLineStart = endsLine(pasted.at(-1));
    if (!pendingTilde) return pasted;
    pendingTilde = false;
    return Buffer.concat([Buffer.from([TILDE]), pasted]);
  };

  return {
    feed(typed) {
      if (typed.length > LONGEST_TYPED_BYTES) return { send: paste(typed), escapes: [] };
      const send: number[] = [];
      const escapes: Escape[] = [];
      for (const byte of typed) {
        if (pendingTilde) {
          pendingTilde = false;
          if (byte === DOT) {
            escapes.push('terminate');
            break;
          }
          if (byte === QUESTION_MARK) {
            escapes.push('help');
            continue;
          }
          send.push(TILDE);
          if (byte === TILDE) {
            atLineStart = false;
            continue;
          }
        } else if (byte === TILDE && atLineStart) {
          pendingTilde = true;
          continue;
        }
        send.push(byte);
        atLineStart = endsLine(byte);
      }
      return { send: Buffer.from(send), escapes };
    },
  };
}
