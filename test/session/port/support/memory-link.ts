import { PayloadType } from '../../../../src/protocol/payload-type.ts';
import type { LocalEnd } from '../../../../src/session/ending.ts';
import type {
  OutgoingMessage,
  SessionLink,
  SessionType,
} from '../../../../src/session/session-type.ts';

/** A channel in memory: it pulls as much as the test allows, and records everything. */
export interface MemoryLink extends SessionLink {
  connectedSince: number | undefined;
  receivingSince: number | undefined;
  /** The session to pull from; set before it starts. */
  session: SessionType | undefined;
  /** Called with each message as it goes out. */
  onMessage: (message: OutgoingMessage) => void;
  /** Messages the window has room for; infinite at first. */
  room: number;
  /** Acknowledgements come only when `acknowledge()` is called. */
  delayAcknowledgements: boolean;
  acknowledge(): void;
  /** Pulls messages that wait, as the channel does when an acknowledgement makes room. */
  pull(messages?: number): void;
  readonly sent: OutgoingMessage[];
  /** How often the session has reported that something waits. */
  readonly wakes: number;
  /** Everything printed. */
  readonly printed: string;
  readonly warned: string;
  readonly ends: LocalEnd[];
  readonly receivingPaused: boolean;
  /** How often receiving was paused. */
  readonly pauses: number;
}

/** A link whose window is open and whose acknowledgements arrive at once. */
export function createMemoryLink(agentVersion = '3.3.0.0'): MemoryLink {
  const sent: OutgoingMessage[] = [];
  const ends: LocalEnd[] = [];
  let printed = '';
  let warned = '';
  let paused = false;
  let pauses = 0;
  let wakes = 0;
  let unacknowledged: (() => void)[] = [];

  const go = (message: OutgoingMessage): void => {
    sent.push(message);
    link.onMessage(message);
  };
  const pump = (): void => {
    while (link.room > 0) {
      const message = link.session?.next();
      if (message === undefined) return;
      link.room--;
      go(message);
    }
  };
  const link: MemoryLink = {
    sessionId: 'session-1',
    agentVersion,
    connectedSince: 0,
    receivingSince: 0,
    session: undefined,
    onMessage: () => undefined,
    room: Infinity,
    delayAcknowledgements: false,
    acknowledge() {
      const callbacks = unacknowledged;
      unacknowledged = [];
      for (const callback of callbacks) callback();
    },
    pull(messages = Infinity) {
      link.room = messages;
      pump();
    },
    sent,
    get printed() {
      return printed;
    },
    get warned() {
      return warned;
    },
    ends,
    get receivingPaused() {
      return paused;
    },
    get pauses() {
      return pauses;
    },
    send: go,
    get wakes() {
      return wakes;
    },
    wake() {
      wakes++;
      pump();
    },
    whenAcknowledged(callback) {
      if (link.delayAcknowledgements) unacknowledged.push(callback);
      else callback();
    },
    pauseReceiving() {
      if (paused) throw new Error('receiving is paused already');
      paused = true;
      pauses++;
    },
    resumeReceiving() {
      if (!paused) throw new Error('receiving is not paused');
      paused = false;
    },
    print: (text) => void (printed += text),
    warn: (text) => void (warned += `${text}\n`),
    end: (end) => void ends.push(end),
  };
  return link;
}

/** The Output payloads among messages, joined. */
export function outputOf(messages: readonly OutgoingMessage[]): Buffer {
  return Buffer.concat(
    messages
      .filter((message) => message.payloadType === PayloadType.Output)
      .map((message) => message.payload),
  );
}
