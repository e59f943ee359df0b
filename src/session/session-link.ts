import type { Channel } from '../channel/channel.ts';
import type { Connection } from './connection/connection.ts';
import type { LocalEnd } from './ending.ts';
import type { Presenter } from './presentation.ts';
import type { SessionLink } from './session-type.ts';

/** What is at the other end of a link. */
interface LinkedSession {
  readonly sessionId: string;
  /** Four dotted numbers; empty when the session had no handshake. */
  readonly agentVersion: string;
  readonly channel: Channel;
  readonly connection: Connection;
  readonly presenter: Presenter;
  readonly end: (end: LocalEnd) => void;
}

/** Creates the interface of a session type to its session. */
export function createSessionLink(session: LinkedSession): SessionLink {
  const { sessionId, agentVersion, channel, connection, presenter, end } = session;
  return {
    sessionId,
    agentVersion,
    get connectedSince() {
      return connection.openSince;
    },
    get receivingSince() {
      const { openSince } = connection;
      const { receivingSince } = channel;
      if (openSince === undefined || receivingSince === undefined) return undefined;
      return Math.max(openSince, receivingSince);
    },
    send: (message) => channel.send(message),
    wake: () => {
      channel.wake();
      connection.retrySoon();
    },
    whenAcknowledged: (callback) => channel.whenAcknowledged(callback),
    pauseReceiving: () => channel.pauseReceiving(),
    resumeReceiving: () => channel.resumeReceiving(),
    print: (text) => presenter.printCaused({ kind: 'text', text }),
    warn: (text) => presenter.printCaused({ kind: 'notice', text: `${text}\n` }),
    end,
  };
}
