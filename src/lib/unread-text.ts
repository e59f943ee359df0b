import type { Writable } from 'node:stream';

/**
 * Text that waits unread in a stream, above which further texts are dropped, in bytes. A peer or a local
 * program causes as many as it likes; this is what any pipe holds, and far more than a person reads.
 */
export const UNREAD_TEXT_LIMIT = 64 * 1024;

/** Whether the reader of a stream takes what is written to it, as far as that matters for memory. */
export function isRead(stream: Pick<Writable, 'writableLength'>): boolean {
  return stream.writableLength <= UNREAD_TEXT_LIMIT;
}

/** Drops texts while their reader takes none, and reports how many. */
export interface TextLimit {
  /**
   * Asks for each text.
   *
   * @returns whether it is to be written, behind `notice`; undefined when it is to be dropped
   */
  admit(): { readonly notice: string } | undefined;
  /** What is to be reported of dropped texts, now that they are read again; empty when there is nothing. */
  takeNotice(): string;
}

/**
 * @param stream - where the texts go now
 * @param noticeOf - a line about so many dropped texts, with its line break
 */
export function limitTexts(
  stream: () => Pick<Writable, 'writableLength'>,
  noticeOf: (dropped: number) => string,
): TextLimit {
  let dropped = 0;
  const takeNotice = (): string => {
    if (dropped === 0 || !isRead(stream())) return '';
    const notice = noticeOf(dropped);
    dropped = 0;
    return notice;
  };
  return {
    admit() {
      if (isRead(stream())) return { notice: takeNotice() };
      dropped++;
      return undefined;
    },
    takeNotice,
  };
}

/** Of texts for people on stderr. */
export function droppedTexts(dropped: number): string {
  return `${dropped} ${dropped === 1 ? 'message was' : 'messages were'} dropped because stderr was not read.\n`;
}
