import { createChannel, type Channel } from '../channel/channel.ts';
import type { OutgoingMessage } from '../channel/outgoing-message.ts';
import { createDeferred } from '../lib/deferred.ts';
import { stringMember } from '../lib/json.ts';
import { parseJsonPayload } from '../protocol/json-payload.ts';
import type { OutputError } from '../lib/output-error.ts';
import { withTimeout } from '../lib/with-timeout.ts';
import { LAST_AGENT_WITHOUT_TERMINATE_FLAG } from '../protocol/agent-versions.ts';
import { encodeHandshakeResponse, type HandshakeRequest } from '../protocol/handshake.ts';
import { PayloadType } from '../protocol/payload-type.ts';
import { ProtocolError } from '../protocol/protocol-error.ts';
import { compareVersions } from '../protocol/version.ts';
import { processHandshake, type HandshakeOutcome } from './handshake/answer-handshake.ts';
import { connect, type Connection } from './connection/connection.ts';
import {
  createReconnectNotice,
  reportReconnects,
  type ReconnectNotice,
} from './connection/reconnect-notice.ts';
import { endOnService } from './end-on-service.ts';
import { END_PLANS, type End, type EndPlan } from './ending.ts';
import {
  advance,
  agentVersionOf,
  begunOf,
  type Begun,
  type LifecycleEffect,
  type LifecycleEvent,
  type LifecycleState,
} from './lifecycle.ts';
import type { PayloadCipher } from './handshake/payload-cipher.ts';
import { createPortSession } from './port/port-session.ts';
import {
  createPresenter,
  endReason,
  endStatus,
  endTexts,
  type EndFacts,
  type Presenter,
} from './presentation.ts';
import type { SessionHost, SessionOptions } from './session-host.ts';
import { listenToSignals, type SessionSignals } from './session-signals.ts';
import type { SessionLink, SessionSignal, SessionType } from './session-type.ts';
import { createShellSession } from './shell/shell-session.ts';
import { sizeMessage } from './shell/size-message.ts';
import { signalText } from './signal-text.ts';
import { createSilentStart, mayLackHandshake, type SilentStart } from './handshake/silent-start.ts';
import { watchOutputs } from './streams/watch-outputs.ts';
import { texts } from './texts.ts';

/** How long a stuck stdout may hold up the end of a session that the user has left. */
const EXIT_MESSAGE_TIMEOUT_MS = 200;

/**
 * Runs one session from connecting to its end.
 *
 * @returns the exit status of the program; never rejects
 */
export function runSession(options: SessionOptions, host: SessionHost): Promise<number> {
  return new RunningSession(options, host).exited;
}

/** Carries out what the life cycle decides: everything impure of one session. */
class RunningSession {
  /** The exit status of the program. */
  readonly exited: Promise<number>;
  readonly #options: SessionOptions;
  readonly #host: SessionHost;
  readonly #presenter: Presenter;
  readonly #reconnectNotice: ReconnectNotice;
  readonly #channel: Channel;
  readonly #silentStart: SilentStart;
  readonly #signals: SessionSignals;
  readonly #connection: Connection;
  readonly #stopFatalErrors: () => void;
  readonly #exit = createDeferred<number>();
  readonly #serviceClosed = createDeferred<undefined>();
  #state: LifecycleState = { kind: 'opening' };
  #type: SessionType | undefined;
  #cipher: PayloadCipher | undefined;
  /** Why output was lost after the end had begun, a sentence. */
  #lostOutput: string | undefined;

  constructor(options: SessionOptions, host: SessionHost) {
    this.#options = options;
    this.#host = host;
    this.exited = this.#exit.promise;
    const { presentation, stdout, stderr, logger } = host;
    const stdoutIsData = (): boolean => this.#stdoutIsData();
    this.#presenter = createPresenter({ presentation, stdout, stderr, logger, stdoutIsData });
    this.#reconnectNotice = this.#createReconnectNotice();
    this.#channel = this.#createChannel();
    this.#silentStart = this.#createSilentStart();
    this.#signals = listenToSignals({
      onSignal: host.onSignal,
      hangUpEnds: host.hangUpEnds,
      isEnding: () => this.#isEnding(),
      leave: (exitCode) => this.#end({ kind: 'leave', text: '', exitCode }),
      ended: (signal) => this.#explainSignal(signal),
    });
    this.#stopFatalErrors = host.onFatalError((error) => this.#abort(error));
    watchOutputs({ stdout, stderr }, (error) => this.#outputFailed(error));
    this.#presenter.print({ kind: 'text', text: texts.starting(options.session.sessionId) });
    this.#connection = this.#connect();
  }

  #createReconnectNotice(): ReconnectNotice {
    const { presentation, clock, terminal, stdout } = this.#host;
    if (presentation.onEvent !== undefined) return reportReconnects(presentation.onEvent);
    return createReconnectNotice(presentation, clock, {
      modes: terminal.modes,
      columns: () => terminal.size()?.cols,
      isBusy: () => stdout.writableLength > 0,
      hint: () => this.#type?.leaveHint ?? '',
    });
  }

  #createChannel(): Channel {
    const { clock, logger, fillRandom } = this.#host;
    return createChannel({
      clock,
      logger,
      fillRandom,
      messagesPerSecond: this.#options.settings.messagesPerSecond,
      deliver: (payloadType, payload) => this.#receive(payloadType, payload),
      next: () => this.#next(),
      closedByService: (output) => {
        this.#serviceClosed.resolve(undefined);
        this.#end({ kind: 'closed-by-service', output });
      },
      agentConnected: () => {
        if (mayLackHandshake(this.#options.session.documentName)) {
          this.#silentStart.agentConnected();
        }
      },
      gaveUp: () => this.#connection.unanswered(),
    });
  }

  #createSilentStart(): SilentStart {
    return createSilentStart({
      clock: this.#host.clock,
      isOpening: () => this.#state.kind === 'opening',
      connectedSince: () => this.#connection.openSince,
      size: () => sizeMessage(this.#host.terminal),
      send: (message) => this.#channel.send(message),
      whenAcknowledged: (callback) => this.#channel.whenAcknowledged(callback),
      start: () => {
        this.#dispatch({ kind: 'silent-start' });
        this.#channel.wake();
      },
    });
  }

  #connect(): Connection {
    const { session, settings, clientVersion } = this.#options;
    return connect({
      session,
      settings,
      clientVersion,
      channel: this.#channel,
      host: this.#host,
      reconnecting: (reason, since) => this.#reconnectNotice.lost(reason, since),
      reconnected: () => {
        this.#reconnectNotice.back();
        if (this.#state.kind === 'running') this.#type?.repaint?.();
      },
      ended: (end) => this.#end(end),
    });
  }

  /** What the session type may ask of the session. */
  #createLink(agentVersion: string): SessionLink {
    const channel = this.#channel;
    const connection = this.#connection;
    return {
      sessionId: this.#options.session.sessionId,
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
      print: (text) => this.#presenter.printCaused({ kind: 'text', text }),
      warn: (text) => this.#presenter.printCaused({ kind: 'notice', text: `${text}\n` }),
      end: (end) => this.#end(end),
    };
  }

  #stdoutIsData(): boolean {
    return this.#type?.stdout === 'data';
  }

  #isEnding(): boolean {
    return this.#state.kind === 'ending' || this.#state.kind === 'ended';
  }

  #end(end: End): void {
    this.#dispatch({ kind: 'end', end });
  }

  /** @returns false when a payload was not accepted, so that the agent sends it again */
  #dispatch(event: LifecycleEvent): boolean {
    const { state, effects } = advance(this.#state, event, this.#options.requested);
    this.#state = state;
    return effects.map((effect) => this.#perform(effect)).every((accepted) => accepted);
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
        this.#answerChallenge(effect.payload);
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
        if (effect.end.kind !== 'fatal-error') {
          void this.#windDown(effect.end, END_PLANS[effect.end.kind], effect.begun);
        }
        return true;
    }
  }

  /** Takes a payload in order. A malformed one is logged and dropped. */
  #receive(payloadType: number, payload: Buffer): boolean {
    try {
      switch (payloadType) {
        case PayloadType.HandshakeRequest:
          return this.#dispatch({ kind: 'handshake-request', payload });
        case PayloadType.EncryptionChallengeRequest:
          return this.#dispatch({ kind: 'challenge', payload });
        case PayloadType.HandshakeComplete:
          return this.#dispatch({ kind: 'handshake-complete', payload });
        default:
          return this.#dispatch({ kind: 'payload', payloadType, payload });
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#host.logger.error(`dropped a payload of type ${payloadType}: ${error.message}`);
      if (error.reason === 'handshake-excessive') {
        this.#end({ kind: 'cannot-start', reason: error.message });
      }
      return true;
    }
  }

  /** Hands out the next message, encrypted when the session is. */
  #next(): OutgoingMessage | undefined {
    if (this.#state.kind !== 'running') return undefined;
    const message = this.#type?.next();
    if (message?.payloadType !== PayloadType.Output || this.#cipher === undefined) return message;
    return { payloadType: message.payloadType, payload: this.#cipher.encrypt(message.payload) };
  }

  #processActions(request: HandshakeRequest): void {
    const { logger, service, fillRandom } = this.#host;
    this.#silentStart.stop();
    logger.info(`handshake with agent version ${request.agentVersion}`);
    const { encryptionRefusal } = this.#options;
    void processHandshake(request, { service, fillRandom, encryptionRefusal }).then((outcome) =>
      this.#dispatch({ kind: 'actions-processed', outcome }),
    );
  }

  #sendResponse({ actions }: HandshakeRequest, { cipher, results }: HandshakeOutcome): void {
    this.#cipher = cipher;
    this.#channel.send({
      payloadType: PayloadType.HandshakeResponse,
      payload: encodeHandshakeResponse(this.#options.clientVersion, actions, results),
    });
  }

  #answerChallenge(payload: Buffer): void {
    if (this.#cipher === undefined) return;
    const challenge = stringMember(parseJsonPayload(payload, 'challenge'), 'Challenge');
    const plain = this.#cipher.decrypt(Buffer.from(challenge, 'base64'));
    const sealed = this.#cipher.encrypt(plain).toString('base64');
    this.#channel.send({
      payloadType: PayloadType.EncryptionChallengeResponse,
      payload: Buffer.from(JSON.stringify({ Challenge: sealed })),
    });
  }

  #begin({ agentVersion, session }: Begun, message: string): void {
    this.#silentStart.stop();
    const link = this.#createLink(agentVersion);
    const type =
      session.kind === 'shell'
        ? createShellSession(link, this.#host)
        : createPortSession(session.properties, agentVersion, link, this.#host);
    this.#type = type;
    if (message !== '') this.#presenter.print({ kind: 'text', text: `${message}\n` });
    this.#host.logger.info(
      `the session has started, agent version ${agentVersion === '' ? 'unknown' : agentVersion}`,
    );
    type.start();
    this.#signals.begun(type);
  }

  #deliver(payloadType: number, payload: Buffer): boolean {
    return this.#type?.receive(payloadType, this.#decrypt(payloadType, payload)) ?? true;
  }

  /**
   * What becomes output or status must be sealed with the data key. Agents send no Error at all
   * (`SendStreamDataMessage` of their `datachannel.go` has no caller for it): one in plain text is forged.
   */
  #decrypt(payloadType: number, payload: Buffer): Buffer {
    if (this.#cipher === undefined) return payload;
    switch (payloadType) {
      case PayloadType.Output:
      case PayloadType.StdErr:
      case PayloadType.ExitCode:
      case PayloadType.Error:
        return this.#cipher.decrypt(payload);
      default:
        return payload;
    }
  }

  #explainSignal(signal: SessionSignal): void {
    const { terminal, presentation } = this.#host;
    const isPressed = terminal.isInteractive && (signal === 'SIGINT' || signal === 'SIGQUIT');
    // A key needs no explanation, nor does the way in which OpenSSH ends its ProxyCommand.
    if (isPressed || (signal === 'SIGHUP' && this.#stdoutIsData())) return;
    this.#reconnectNotice.stop();
    const lineBreak = presentation.noticesOnTerminal ? '\n' : '';
    const text = `${lineBreak}${signalText(this.#options.session.sessionId, signal)}\n`;
    this.#presenter.print({ kind: 'notice', text });
  }

  #outputFailed(error: OutputError): void {
    const reason = `session-manager-plugin: ${error.message}`;
    if (!this.#isEnding()) {
      this.#end({ kind: 'fail', reason });
    } else if (this.#lostOutput === undefined) {
      this.#lostOutput = reason;
      this.#presenter.print({ kind: 'failure', text: `${reason}\n` });
    }
  }

  /**
   * Nothing decides or prints anything more after a fatal error. But the terminal is restored, and the
   * session is ended on the service.
   */
  #abort(error: Error): Promise<void> {
    const begun = begunOf(this.#state);
    this.#end({ kind: 'fatal-error' });
    this.#host.terminal.restore();
    this.#reconnectNotice.stop();
    this.#host.logger.error(`internal error: ${error.stack ?? error.message}`);
    // Nothing is certain then that the service has not confirmed.
    return this.#terminate(begun, true);
  }

  async #windDown(end: End, plan: EndPlan, begun: Begun | undefined): Promise<void> {
    if (end.kind === 'closed-by-service') {
      this.#host.logger.info('the service has closed the channel');
    }
    if (plan.received === 'deliver') {
      this.#connection.close();
      // A signal means that the user no longer waits.
      if (this.#type !== undefined) {
        await Promise.race([this.#type.finish(), this.#signals.interrupted]);
      }
    } else {
      this.#reconnectNotice.stop();
      this.#type?.close();
    }
    const { presentation } = this.#host;
    const facts = (): EndFacts => ({
      sessionId: this.#options.session.sessionId,
      begun,
      reportedStatus: this.#type?.exitStatus,
    });
    for (const text of endTexts(end, facts(), presentation).before) this.#presenter.print(text);
    if (plan.terminates) await this.#terminate(begun);
    this.#closeAll();
    for (const text of endTexts(end, facts(), presentation).after) this.#presenter.print(text);
    await this.#exitWith(end, endStatus(end, facts(), presentation), plan);
  }

  #terminate(begun: Begun | undefined, isCertainOnlyByApi = false): Promise<void> {
    const agentVersion = agentVersionOf(this.#state);
    const knowsFlag =
      agentVersion === '' || compareVersions(agentVersion, LAST_AGENT_WITHOUT_TERMINATE_FLAG) > 0;
    const byFlag = this.#connection.openSince !== undefined && knowsFlag;
    return endOnService({
      channel: this.#channel,
      service: this.#host.service,
      clock: this.#host.clock,
      logger: this.#host.logger,
      byFlag,
      // Agents act on the flag in port sessions for certain; elsewhere the service is asked, too.
      byApi: isCertainOnlyByApi || !byFlag || begun?.session.kind !== 'port',
      closed: this.#serviceClosed.promise,
    });
  }

  #closeAll(): void {
    this.#reconnectNotice.stop();
    this.#silentStart.stop();
    this.#type?.close();
    this.#connection.close();
    this.#channel.close();
  }

  /** Lets the program exit once its last texts are written. */
  async #exitWith(end: End, status: number, { waits }: EndPlan): Promise<void> {
    const { presentation } = this.#host;
    presentation.onEvent?.({ kind: 'over', reason: this.#lostOutput ?? endReason(end) });
    const drained = this.#presenter.drained();
    if (waits === 'until-signal') await Promise.race([drained, this.#signals.interrupted]);
    else await withTimeout(this.#host.clock, EXIT_MESSAGE_TIMEOUT_MS, drained, () => undefined);
    this.#signals.stop();
    this.#stopFatalErrors();
    this.#dispatch({ kind: 'closed' });
    this.#exit.resolve(
      this.#lostOutput === undefined
        ? this.#signals.statusAfter(status)
        : presentation.failureStatus,
    );
  }
}
