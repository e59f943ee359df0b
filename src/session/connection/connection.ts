import type { Channel } from '../../channel/channel.ts';
import type { Clock } from '../../lib/clock.ts';
import { errorText } from '../../lib/error-text.ts';
import type { Logger } from '../../logging/logger.ts';
import { encodeOpenDataChannel } from '../../protocol/open-data-channel.ts';
import { SocketError, type OpenSocket, type Socket } from '../../socket/socket.ts';
import { createBackOff } from './back-off.ts';
import { beginLoss, type Loss } from './connection-loss.ts';
import { watchLiveness, type Liveness } from './liveness.ts';
import { createRetryPause } from './retry-pause.ts';
import type { End } from '../ending.ts';
import type { SessionDescriptor } from '../session-host.ts';
import type { SessionService } from '../session-service.ts';

/** Tries to connect at the start before giving up, as the public client. */
const CONNECT_TRIES = 5;
const FIRST_BACK_OFF_MS = 100;
const MAX_BACK_OFF_MS = 5_000;
/** Proxies and firewalls that drop packets must not hang the program. */
const CONNECT_TIMEOUT_MS = 15_000;

/** Why there will be no connection any more. */
export type ConnectionEnd = Extract<End, { readonly kind: 'not-opened' | 'timed-out' | 'lost' }>;

/** What a connection needs of the machine and of AWS. */
export interface ConnectionHost {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly service: SessionService;
  readonly openSocket: OpenSocket;
  readonly newUuid: () => string;
  /** Uniform in [0, 1), for jitter. */
  readonly random: () => number;
}

/** What the user may set about a connection. */
export interface ConnectionSettings {
  readonly pingIntervalMs: number;
  /** How long to keep trying to resume a lost connection. */
  readonly resumeTimeoutMs: number;
}

/** What a connection works with. */
export interface ConnectionOptions {
  readonly session: Pick<SessionDescriptor, 'streamUrl' | 'tokenValue'>;
  readonly settings: ConnectionSettings;
  readonly clientVersion: string;
  readonly channel: Channel;
  readonly host: ConnectionHost;
  /**
   * Reconnecting takes longer than a few seconds; called once for each loss.
   *
   * @param since - when the connection was lost, in monotonic milliseconds
   */
  readonly reconnecting: (reason: string, since: number) => void;
  /** The connection is back after `reconnecting`. */
  readonly reconnected: () => void;
  readonly ended: (end: ConnectionEnd) => void;
}

/** Keeps a socket under the channel: opens it, watches it, resumes the session when it is lost. */
export interface Connection {
  /** Monotonic milliseconds since when a socket is open; undefined while there is none. */
  readonly openSince: number | undefined;
  /** Something waits to be sent: while there is no socket, the next attempt does not wait long. */
  retrySoon(): void;
  /**
   * A message was repeated too often without an answer. On a connection that is alive the agent is
   * gone, which is the end; any other is replaced.
   */
  unanswered(): void;
  /** Closes for good; no event follows. */
  close(): void;
}

/** Trying again cannot help: the certificate or the address is wrong. */
const FINAL_REASONS: ReadonlySet<SocketError['reason']> = new Set(['tls', 'insecure']);

/** Why a socket could not be opened. */
interface Problem {
  readonly reason: string;
  readonly isFinal: boolean;
}

interface OpenConnection {
  readonly socket: Socket;
  readonly liveness: Liveness;
  /** Monotonic milliseconds of its opening. */
  readonly since: number;
}

/**
 * Starts connecting at once (docs/design/protocol.md#opening and docs/design/protocol.md#resume).
 */
export function connect(options: ConnectionOptions): Connection {
  const { channel, settings, host } = options;
  const { clock, logger, service, newUuid, random } = host;
  const clientId = newUuid();
  const stop = new AbortController();
  let { streamUrl, tokenValue } = options.session;
  const retryPause = createRetryPause(clock);
  let current: OpenConnection | undefined;
  let loss: Loss | undefined;
  let backOff = createBackOff(FIRST_BACK_OFF_MS, MAX_BACK_OFF_MS, random);
  /** The service has answered on some socket: from then on a lost socket is resumed, not retried. */
  let proven = false;
  /** The gateway answers pings; one that never has may still be alive. */
  let answersPings = false;

  const isStopped = (): boolean => stop.signal.aborted;

  const end = (reason: ConnectionEnd): void => {
    if (isStopped()) return;
    close();
    options.ended(reason);
  };

  const close = (): void => {
    stop.abort();
    retryPause.cancel();
    loss?.end();
    current?.liveness.stop();
    channel.detach();
    current?.socket.close();
    current = undefined;
  };

  const received = (): void => {
    proven = true;
    current?.liveness.received();
    if (loss === undefined) return;
    if (loss.end()) options.reconnected();
    loss = undefined;
    backOff = createBackOff(FIRST_BACK_OFF_MS, MAX_BACK_OFF_MS, random);
    logger.info('the data channel is resumed');
  };

  /** Nothing reaches this connection any more. */
  const lose = (lost: OpenConnection, reason: string): void => {
    if (lost !== current) return;
    logger.info(`the data channel is lost: ${reason}`);
    lost.liveness.stop();
    current = undefined;
    channel.detach();
    void resume(reason);
  };

  /** Destroys a connection that is dead though neither side closed it. */
  const replace = (dead: OpenConnection, reason: string): void => {
    dead.socket.destroy();
    lose(dead, reason);
  };

  const introduce = (socket: Socket): OpenConnection => {
    socket.sendText(
      encodeOpenDataChannel({
        requestId: newUuid(),
        tokenValue,
        clientId,
        clientVersion: options.clientVersion,
      }),
    );
    const liveness = watchLiveness({
      clock,
      intervalMs: settings.pingIntervalMs,
      ping: () => socket.ping(),
      isReading: () => channel.receiving,
      answersPings: () => answersPings,
      // While a loss is not over, any answer at all is awaited.
      answerTimeout: () => channel.acknowledgementTimeout ?? (loss === undefined ? undefined : 0),
      lost: (reason) => replace(opened, reason),
    });
    const opened: OpenConnection = { socket, liveness, since: clock.monotonic() };
    return opened;
  };

  /** Tries to open a socket. @returns undefined when it is open */
  const open = async (): Promise<Problem | undefined> => {
    const mine: { opened?: OpenConnection; lostAtOnce?: string } = {};
    let socket: Socket;
    try {
      const headers = await service.signUpgrade(streamUrl);
      socket = await host.openSocket(
        { url: streamUrl, headers, timeoutMs: CONNECT_TIMEOUT_MS, signal: stop.signal },
        {
          frame: (frame) => {
            received();
            channel.receive(frame);
          },
          pong: () => {
            answersPings = true;
            received();
          },
          readingChanged: (isReading) => {
            if (mine.opened !== undefined && mine.opened === current) {
              channel.setSocketReading(isReading);
            }
          },
          lost: (reason) => {
            if (mine.opened === undefined) mine.lostAtOnce = reason;
            else lose(mine.opened, reason);
          },
        },
      );
    } catch (error) {
      return {
        reason: errorText(error),
        isFinal: error instanceof SocketError && FINAL_REASONS.has(error.reason),
      };
    }
    if (isStopped()) {
      socket.destroy();
      return { reason: 'stopped', isFinal: true };
    }
    if (mine.lostAtOnce !== undefined) return { reason: mine.lostAtOnce, isFinal: false };
    logger.info('the data channel is open');
    current = introduce(socket);
    mine.opened = current;
    channel.attach(socket);
    return undefined;
  };

  const start = async (): Promise<void> => {
    for (let tries = 1; ; tries++) {
      const problem = await open();
      if (problem === undefined || isStopped()) return;
      logger.warn(`try ${tries} to open the data channel failed: ${problem.reason}`);
      if (tries === CONNECT_TRIES || problem.isFinal) {
        end({ kind: 'not-opened', reason: problem.reason });
        return;
      }
      await retryPause.wait(backOff.next());
      if (isStopped()) return;
    }
  };

  /** Resumes until it works, the service says no, or the time is up. */
  const resume = async (lostBecause: string): Promise<void> => {
    if (isStopped()) return;
    const again = loss !== undefined;
    const thisLoss = (loss ??= beginLoss(clock, (since) =>
      options.reconnecting(lostBecause, since),
    ));
    // A socket that opened and said nothing before it was lost again was no success.
    let problem: string | undefined = again ? lostBecause : undefined;
    for (;;) {
      if (problem !== undefined) {
        logger.info(`resuming failed: ${problem}`);
        if (clock.monotonic() - thisLoss.since >= settings.resumeTimeoutMs) break;
        await retryPause.wait(backOff.next());
        if (isStopped()) return;
      }
      const answer = await service.resumeSession();
      if (isStopped()) return;
      switch (answer.kind) {
        case 'over':
          end({ kind: 'timed-out' });
          return;
        case 'unavailable':
          problem = answer.reason;
          continue;
        case 'refused':
          problem = answer.reason;
          // The old token outlives a short outage.
          if (thisLoss.triedOldToken) {
            end({ kind: proven ? 'lost' : 'not-opened', reason: problem });
            return;
          }
          thisLoss.triedOldToken = true;
          if ((await open()) === undefined || isStopped()) return;
          end({ kind: proven ? 'lost' : 'not-opened', reason: problem });
          return;
        case 'resumed':
          tokenValue = answer.tokenValue;
          if (answer.streamUrl !== '') streamUrl = answer.streamUrl;
          problem = (await open())?.reason;
          if (problem === undefined || isStopped()) return;
      }
    }
    end({ kind: 'lost', reason: problem });
  };

  void start();
  return {
    get openSince() {
      return current?.since;
    },
    retrySoon: () => retryPause.retrySoon(),
    unanswered() {
      if (current === undefined) return;
      if (current.liveness.isAlive()) end({ kind: 'lost', reason: 'the agent does not answer' });
      else replace(current, 'nothing was heard from the service');
    },
    close,
  };
}
