import type { SentMessage } from './outgoing-buffer.ts';

/**
 * Messages that wait to be passed to a socket, in order. A message that is acknowledged meanwhile is
 * not passed.
 */
export interface SendQueue {
  /** Appends a message that does not wait yet. */
  push(message: SentMessage): void;
  /** Removes and returns the first message; undefined when none waits. */
  shift(): SentMessage | undefined;
  /** Replaces all that wait by these. */
  replace(messages: Iterable<SentMessage>): void;
}

/** An empty queue. */
export function createSendQueue(): SendQueue {
  let waiting: SentMessage[] = [];
  const push = (message: SentMessage): void => {
    message.state = 'queued';
    waiting.push(message);
  };
  return {
    push,
    shift() {
      let first = waiting.shift();
      while (first?.state === 'acknowledged') first = waiting.shift();
      return first;
    },
    replace(messages) {
      waiting = [];
      for (const message of messages) push(message);
    },
  };
}
