import type { Writable } from 'node:stream';

/**
 * Bytes of text that may wait unread in a stream; above it further texts are dropped. A peer or a local
 * program can cause any number of texts. Every pipe holds this many, and users read far less.
 */
export const BUFFERED_TEXT_LIMIT = 64 * 1024;

/** Whether the text that waits unread in a stream is within {@link BUFFERED_TEXT_LIMIT}. */
export function acceptsText(stream: Pick<Writable, 'writableLength'>): boolean {
  return stream.writableLength <= BUFFERED_TEXT_LIMIT;
}

/** Drops texts while they are not read, and reports how many. */
export interface TextLimit {
  /**
   * Call it for each text.
   *
   * @returns undefined to drop the text; otherwise write `notice`, then the text
   */
  admit(): { readonly notice: string } | undefined;
  /** The notice about dropped texts, once texts are read again; empty when there is none. */
  takeNotice(): string;
}

/**
 * @param stream - returns the current stream of the texts
 * @param noticeOf - makes a line about this number of dropped texts, with its line break
 */
export function limitTexts(
  stream: () => Pick<Writable, 'writableLength'>,
  noticeOf: (dropped: number) => string,
): TextLimit {
  let dropped = 0;
  const takeNotice = (): string => {
    if (dropped === 0 || !acceptsText(stream())) return '';
    const notice = noticeOf(dropped);
    dropped = 0;
    return notice;
  };
  return {
    admit() {
      if (acceptsText(stream())) return { notice: takeNotice() };
      dropped++;
      return undefined;
    },
    takeNotice,
  };
}

/** The notice about dropped messages to the user on stderr. */
export function droppedTexts(dropped: number): string {
  return `${dropped} ${dropped === 1 ? 'message was' : 'messages were'} dropped because stderr was not read.\n`;
}
