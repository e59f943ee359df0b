import { sessionFailures } from '../failures/session.ts';
import type { OutgoingMessage } from '../channel/outgoing-message.ts';
import { createDeferred } from '../lib/deferred.ts';
import type { OutputError } from '../lib/errors/output-error.ts';
import { failureOf } from '../lib/errors/program-error.ts';
import { encodeHandshakeResponse, type HandshakeRequest } from '../protocol/handshake.ts';
import { PayloadType } from '../protocol/payload-type.ts';
import { isProtocolError } from '../protocol/protocol-error.ts';
import type { End, SessionFailure } from './ending.ts';
import { processHandshake, type HandshakeOutcome } from './handshake/answer-handshake.ts';
import { answerChallenge, decryptPayload, encryptMessage } from './handshake/encrypt-session.ts';
import type { PayloadCipher } from './handshake/payload-cipher.ts';
import {
  advance,
  agentVersionOf,
  begunOf,
  isEnding,
  type Begun,
  type LifecycleEffect,
  type LifecycleEvent,
  type LifecycleState,
} from './lifecycle.ts';
import { createPortSession } from './port/port-session.ts';
import type { SessionHost, SessionOptions } from './session-host.ts';
import { sessionFailureText } from './presentation.ts';
import { createSessionLink } from './session-link.ts';
import { createSessionParts, type PartsOwner, type SessionParts } from './session-parts.ts';
import type { SessionType } from './session-type.ts';
import { createShellSession } from './shell/shell-session.ts';
import { watchOutputs } from './streams/watch-outputs.ts';
import { terminate, windDown } from './wind-down.ts';

/**
 * Runs one session from connecting to its end.
 *
 * @returns the exit status of the program; never rejects
 */
export function runSession(options: SessionOptions, host: SessionHost): Promise<number> {
  return new RunningSession(options, host).exited;
}

/** Carries out what the life cycle decides. */
class RunningSession implements PartsOwner {
  /** The exit status of the program. */
  readonly exited: Promise<number>;
  readonly #options: SessionOptions;
  readonly #host: SessionHost;
  readonly #parts: SessionParts;
  readonly #stopFatalErrors: () => void;
  readonly #stopWatching: () => void;
  readonly #exit = createDeferred<number>();
  #state: LifecycleState = { kind: 'opening' };
  #type: SessionType | undefined;
  #cipher: PayloadCipher | undefined;
  /** Why output was lost after the end had begun. */
  #outputLossReason: SessionFailure | undefined;

  constructor(options: SessionOptions, host: SessionHost) {
    this.#options = options;
    this.#host = host;
    this.exited = this.#exit.promise;
    this.#stopFatalErrors = host.onFatalError((error) => this.#abort(error));
    this.#stopWatching = watchOutputs(host, (error) => this.#outputFailed(error));
    this.#parts = createSessionParts(options, host, this);
  }

  get state(): LifecycleState {
    return this.#state;
  }

  get type(): SessionType | undefined {
    return this.#type;
  }

  /** @returns false when a payload was not accepted, so that the agent sends it again */
  dispatch(event: LifecycleEvent): boolean {
    const { state, effects } = advance(this.#state, event, this.#options.requested);
    this.#state = state;
    // Before the first output of the remote side.
    this.#parts.agentWait.update();
    return effects.map((effect) => this.#perform(effect)).every((accepted) => accepted);
  }

  /** Takes a payload in order. A malformed one is logged and dropped. */
  receive(payloadType: number, payload: Buffer): boolean {
    try {
      return this.dispatch(payloadEvent(payloadType, payload));
    } catch (error) {
      if (!isProtocolError(error)) throw error;
      this.#host.logger.error(`dropped a payload of type ${payloadType}: ${error.message}`);
      if (error.reason === 'handshake-excessive') {
        this.#end({
          kind: 'cannot-start',
          failure: sessionFailures['handshake-invalid'](error.message),
        });
      }
      return true;
    }
  }

  /** The next message to send, encrypted when the session is. */
  next(): OutgoingMessage | undefined {
    if (this.#state.kind !== 'running') return undefined;
    const message = this.#type?.next();
    if (message === undefined || this.#cipher === undefined) return message;
    return encryptMessage(message, this.#cipher);
  }

  #end(end: End): void {
    this.dispatch({ kind: 'end', end });
  }

  #perform(effect: LifecycleEffect): boolean {
    switch (effect.kind) {
      case 'process-actions':
        this.#processActions(effect.request);
        return true;
      case 'send-response':
        this.#sendResponse(effect.request, effect.outcome);
        return true;
      case 'answer-challenge':
        if (this.#cipher !== undefined) {
          this.#parts.channel.send(answerChallenge(effect.payload, this.#cipher));
        }
        return true;
      case 'begin':
        this.#begin(effect.begun, effect.message);
        return true;
      case 'deliver':
        return this.#deliver(effect.payloadType, effect.payload);
      case 'drop':
        this.#host.logger[effect.level](effect.reason);
        return true;
      case 'end':
        this.#end(effect.end);
        return true;
      case 'wind-down':
        void this.#windDown(effect.end, effect.begun);
        return true;
    }
  }

  #processActions(request: HandshakeRequest): void {
    const { logger, service, fillRandom } = this.#host;
    this.#parts.handshakeProbe.stop();
    logger.info(`handshake with agent version ${request.agentVersion}`);
    const { encryptionRefusal } = this.#options;
    void processHandshake(request, { service, fillRandom, encryptionRefusal }).then((outcome) =>
      this.dispatch({ kind: 'actions-processed', outcome }),
    );
  }

  #sendResponse({ actions }: HandshakeRequest, { cipher, results }: HandshakeOutcome): void {
    this.#cipher = cipher;
    this.#parts.channel.send({
      payloadType: PayloadType.HandshakeResponse,
      payload: encodeHandshakeResponse(this.#options.clientVersion, actions, results),
    });
  }

  #begin({ agentVersion, session }: Begun, message: string): void {
    const { handshakeProbe, presenter, signals } = this.#parts;
    handshakeProbe.stop();
    const link = createSessionLink({
      ...this.#parts,
      sessionId: this.#options.session.sessionId,
      agentVersion,
      end: (end) => this.#end(end),
    });
    const type =
      session.kind === 'shell'
        ? createShellSession(link, this.#host)
        : createPortSession(session.properties, agentVersion, link, this.#host);
    this.#type = type;
    if (message !== '') presenter.print({ kind: 'text', text: `${message}\n` });
    this.#host.logger.info(
      `the session has started, agent version ${agentVersion === '' ? 'unknown' : agentVersion}`,
    );
    type.start();
    signals.begun(type);
  }

  #deliver(payloadType: number, received: Buffer): boolean {
    const payload =
      this.#cipher === undefined ? received : decryptPayload(payloadType, received, this.#cipher);
    return this.#type?.receive(payloadType, payload) ?? true;
  }

  #outputFailed(error: OutputError): void {
    const failure = failureOf(error);
    if (!isEnding(this.#state)) {
      this.#end({ kind: 'fail', failure });
    } else if (this.#outputLossReason === undefined) {
      this.#outputLossReason = failure;
      this.#parts.presenter.print(sessionFailureText('failure', failure, this.#host.presentation));
    }
  }

  /**
   * After a fatal error this session decides and prints nothing more. But the terminal is restored,
   * and the session is ended on the service.
   */
  #abort(error: Error): Promise<void> {
    const begun = begunOf(this.#state);
    this.#end({ kind: 'fatal-error' });
    this.#host.terminal.restore();
    this.#parts.reconnectNotice.stop();
    this.#host.logger.error(`internal error: ${error.stack ?? error.message}`);
    const agentVersion = agentVersionOf(this.#state);
    // Nothing of this side is certain then: the service must confirm the end.
    return terminate(this.#parts, { agentVersion, begun }, true);
  }

  async #windDown(end: End, begun: Begun | undefined): Promise<void> {
    if (end.kind === 'fatal-error') return;
    const status = await windDown(this.#parts, {
      end,
      begun,
      agentVersion: agentVersionOf(this.#state),
      type: this.#type,
      outputLossReason: () => this.#outputLossReason,
    });
    this.#parts.signals.stop();
    this.#stopFatalErrors();
    this.#stopWatching();
    this.dispatch({ kind: 'closed' });
    this.#exit.resolve(status);
  }
}

function payloadEvent(payloadType: number, payload: Buffer): LifecycleEvent {
  switch (payloadType) {
    case PayloadType.HandshakeRequest:
      return { kind: 'handshake-request', payload };
    case PayloadType.EncryptionChallengeRequest:
      return { kind: 'challenge', payload };
    case PayloadType.HandshakeComplete:
      return { kind: 'handshake-complete', payload };
    default:
      return { kind: 'payload', payloadType, payload };
  }
}
