import { sessionFailures } from '../../failures/session.ts';
import { failureOf, familyOf } from '../../lib/errors/program-error.ts';
import { isSocketError, type Socket, type SocketEvents } from '../../socket/socket.ts';
import type { SessionFailure } from '../ending.ts';
import { createBackOff, type BackOff } from './back-off.ts';
import {
  CONNECTION_LIFECYCLE,
  type ConnectionEffect,
  type ConnectionEvent,
  type ConnectionState,
} from './connection-lifecycle.ts';
import { beginLoss, type Loss } from './connection-loss.ts';
import { CONNECT_TIMEOUT_MS } from './connect-timeout.ts';
import type { ConnectionEnd, ConnectionHost, ConnectionOptions } from './connection-options.ts';
import { NOTHING_RECEIVED } from './liveness.ts';
import { startDataChannel, type OpenConnection, type OpenProblem } from './start-data-channel.ts';
import { resume, type Renewed } from './resume.ts';
import { createRetryPause, type RetryPause } from './retry-pause.ts';

/** Attempts to connect at the start, as many as the public client makes. */
const CONNECT_TRIES = 5;
const FIRST_BACK_OFF_MS = 100;
const MAX_BACK_OFF_MS = 5_000;

/** Keeps a socket under the channel: opens it, watches it, resumes the session when it is lost. */
export interface Connection {
  /** Monotonic milliseconds since when a socket is open; undefined while there is none. */
  readonly openSince: number | undefined;
  /** Something waits to be sent: without a socket, the next attempt begins soon. */
  retrySoon(): void;
  /**
   * A message was repeated too often without an answer. If the connection is alive, the agent no longer runs,
   * and the session ends; a dead connection is replaced.
   */
  unanswered(): void;
  /** Closes for good; no event follows. */
  close(): void;
}

/** One attempt to open a socket, for the events of that socket. */
interface Attempt {
  /** Undefined until the socket is in use. */
  opened?: OpenConnection;
  /** The socket was lost before it was in use. */
  lossReason?: string;
}

/**
 * Starts connecting at once (docs/design/protocol.md#opening and docs/design/protocol.md#resume).
 */
export function connect(options: ConnectionOptions): Connection {
  return new KeptConnection(options);
}

/** Carries out what {@link CONNECTION_LIFECYCLE} decides. */
class KeptConnection implements Connection {
  readonly #options: ConnectionOptions;
  readonly #clientId: string;
  readonly #stop = new AbortController();
  readonly #retryPause: RetryPause;
  #state: ConnectionState = 'opening';
  #streamUrl: string;
  #tokenValue: string;
  #current: OpenConnection | undefined;
  #loss: Loss | undefined;
  #backOff: BackOff;
  /** The service has answered on some socket: after that, a refusal means that the session is lost. */
  #isProven = false;
  /** The gateway answers pings. A connection without any answer may still be alive. */
  #answersPings = false;

  constructor(options: ConnectionOptions) {
    const { host, session } = options;
    this.#options = options;
    this.#clientId = host.newUuid();
    this.#retryPause = createRetryPause(host.clock);
    this.#backOff = newBackOff(host);
    this.#streamUrl = session.streamUrl;
    this.#tokenValue = session.tokenValue;
    void this.#start();
  }

  get openSince(): number | undefined {
    return this.#current?.since;
  }

  retrySoon(): void {
    this.#retryPause.retrySoon();
  }

  unanswered(): void {
    if (this.#current === undefined) return;
    if (this.#current.liveness.isAlive()) {
      this.#end({ kind: 'lost', failure: sessionFailures['agent-silent']() });
    } else this.#replace(this.#current, NOTHING_RECEIVED);
  }

  close(): void {
    this.#dispatch('closed');
  }

  #end(end: ConnectionEnd): void {
    if (this.#isClosed()) return;
    this.close();
    this.#options.ended(end);
  }

  #isClosed(): boolean {
    return this.#state === 'closed';
  }

  /** @param reason - why the connection was lost */
  #dispatch(event: ConnectionEvent, reason = ''): void {
    const transition = CONNECTION_LIFECYCLE[this.#state][event];
    if (transition === undefined) return;
    this.#state = transition.next;
    for (const effect of transition.effects) this.#perform(effect, reason);
  }

  #perform(effect: ConnectionEffect, reason: string): void {
    switch (effect) {
      case 'begin-loss':
        this.#loss = beginLoss(this.#options.host.clock, (since) =>
          this.#options.reconnecting(reason, since),
        );
        break;
      case 'resume':
        void this.#resume(undefined);
        break;
      case 'resume-after-pause':
        void this.#resume(sessionFailures['connection-broken'](reason));
        break;
      case 'end-loss':
        if (this.#loss?.end() === true) this.#options.reconnected();
        this.#loss = undefined;
        this.#backOff = newBackOff(this.#options.host);
        this.#options.host.logger.info('the data channel is resumed');
        break;
      case 'release':
        this.#release();
    }
  }

  #release(): void {
    this.#stop.abort();
    this.#retryPause.cancel();
    this.#loss?.end();
    this.#current?.liveness.stop();
    this.#options.channel.detach();
    this.#current?.socket.close();
    this.#current = undefined;
  }

  async #start(): Promise<void> {
    const { logger } = this.#options.host;
    for (let tries = 1; ; tries++) {
      const problem = await this.#open();
      if (problem === undefined || this.#isClosed()) return;
      logger.warn(`attempt ${tries} to open the data channel failed: ${problem.failure.problem}`);
      if (tries === CONNECT_TRIES || problem.isFinal) {
        this.#end({ kind: 'not-opened', failure: problem.failure });
        return;
      }
      await this.#pause();
      if (this.#isClosed()) return;
    }
  }

  async #resume(failed: SessionFailure | undefined): Promise<void> {
    const { host, settings } = this.#options;
    if (this.#loss === undefined) return;
    const end = await resume(
      {
        clock: host.clock,
        logger: host.logger,
        service: host.service,
        loss: this.#loss,
        timeoutMs: settings.resumeTimeoutMs,
        pause: () => this.#pause(),
        isClosed: () => this.#isClosed(),
        open: (renewed) => this.#reopen(renewed),
        refusedAs: () => (this.#isProven ? 'lost' : 'not-opened'),
      },
      failed,
    );
    if (end !== undefined) this.#end(end);
  }

  #pause(): Promise<void> {
    return this.#retryPause.wait(this.#backOff.next());
  }

  #reopen(renewed: Renewed | undefined): Promise<OpenProblem | undefined> {
    if (renewed !== undefined) {
      this.#tokenValue = renewed.tokenValue;
      if (renewed.streamUrl !== '') this.#streamUrl = renewed.streamUrl;
    }
    return this.#open();
  }

  /** Tries to open a socket. @returns undefined when it is open */
  async #open(): Promise<OpenProblem | undefined> {
    const { host, channel } = this.#options;
    const attempt: Attempt = {};
    let socket: Socket;
    try {
      socket = await host.openSocket(
        { url: this.#streamUrl, timeoutMs: CONNECT_TIMEOUT_MS, signal: this.#stop.signal },
        this.#socketEvents(attempt),
      );
    } catch (error) {
      // A fault of the program: another attempt would only hide it.
      if (familyOf(error) === undefined && !this.#isClosed()) throw error;
      return { failure: failureOf(error), isFinal: isSocketError(error) && error.isFinal };
    }
    if (this.#isClosed()) {
      socket.destroy();
      return { failure: sessionFailures['connection-broken']('stopped'), isFinal: true };
    }
    if (attempt.lossReason !== undefined) {
      return { failure: sessionFailures['connection-broken'](attempt.lossReason), isFinal: false };
    }
    host.logger.info('the data channel is open');
    attempt.opened = this.#startDataChannel(socket);
    this.#current = attempt.opened;
    this.#dispatch('opened');
    this.#options.openChanged();
    channel.attach(socket);
    return undefined;
  }

  #socketEvents(attempt: Attempt): SocketEvents {
    const { channel } = this.#options;
    return {
      frame: (frame) => {
        this.#received();
        channel.receive(frame);
      },
      pong: () => {
        this.#answersPings = true;
        this.#received();
      },
      readingChanged: (isReading) => {
        if (attempt.opened !== undefined && attempt.opened === this.#current) {
          channel.setSocketReading(isReading);
        }
      },
      lost: (reason) => {
        if (attempt.opened === undefined) attempt.lossReason = reason;
        else this.#lose(attempt.opened, reason);
      },
    };
  }

  #startDataChannel(socket: Socket): OpenConnection {
    const { host, channel, settings, clientVersion } = this.#options;
    const opened = startDataChannel(socket, {
      host,
      channel,
      pingIntervalMs: settings.pingIntervalMs,
      identity: { tokenValue: this.#tokenValue, clientId: this.#clientId, clientVersion },
      answersPings: () => this.#answersPings,
      isReconnected: () => this.#loss === undefined,
      lost: (reason) => this.#replace(opened, reason),
    });
    return opened;
  }

  #received(): void {
    this.#isProven = true;
    this.#current?.liveness.received();
    this.#dispatch('received');
  }

  /** Nothing arrives on this socket any more. */
  #lose(lost: OpenConnection, reason: string): void {
    if (lost !== this.#current) return;
    const { host, channel } = this.#options;
    host.logger.info(`the data channel is lost: ${reason}`);
    lost.liveness.stop();
    this.#current = undefined;
    channel.detach();
    this.#options.openChanged();
    this.#dispatch('lost', reason);
  }

  /** Destroys a socket that is dead though neither side closed it. */
  #replace(dead: OpenConnection, reason: string): void {
    dead.socket.destroy();
    this.#lose(dead, reason);
  }
}

function newBackOff({ random }: ConnectionHost): BackOff {
  return createBackOff(FIRST_BACK_OFF_MS, MAX_BACK_OFF_MS, random);
}
