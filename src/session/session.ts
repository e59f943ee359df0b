import type { Writable } from 'node:stream';
import { createChannel } from '../channel/channel.ts';
import { createDeferred } from '../lib/deferred.ts';
import { drain } from '../lib/drain.ts';
import { LAST_AGENT_WITHOUT_TERMINATE_FLAG } from '../protocol/agent-versions.ts';
import {
  encodeHandshakeResponse,
  parseHandshakeComplete,
  parseHandshakeRequest,
} from '../protocol/handshake.ts';
import { parseJsonPayload, stringMember } from '../lib/json.ts';
import { PayloadType } from '../protocol/payload-type.ts';
import { ProtocolError } from '../protocol/protocol-error.ts';
import { compareVersions } from '../protocol/version.ts';
import { connect, type ConnectionEnd } from './connection/connection.ts';
import { endOnService } from './end-on-service.ts';
import { processHandshake, type SessionKind } from './answer-handshake.ts';
import type { PayloadCipher } from './payload-cipher.ts';
import { createPortSession } from './port/port-session.ts';
import { createReconnectNotice, reportReconnects } from './connection/reconnect-notice.ts';
import { findKindMismatch } from './requested-kind.ts';
import type { SessionHost, SessionOptions } from './session-host.ts';
import type { LocalEnd, SessionLink, SessionSignal, SessionType } from './session-type.ts';
import { createShellSession } from './shell/shell-session.ts';
import { listenToSignals } from './session-signals.ts';
import { sizeMessage } from './shell/size-message.ts';
import { signalText } from './signal-text.ts';
import { createSilentStart, mayLackHandshake } from './silent-start.ts';
import { systemStatus } from './system-status.ts';
import { texts } from './texts.ts';
import { watchOutputs } from './streams/watch-outputs.ts';
import { isRead } from '../lib/unread-text.ts';
import { printableLines } from '../lib/printable.ts';
import { withTimeout } from '../lib/with-timeout.ts';

/** How long a stuck stdout may hold up the end of a session that the user has left. */
const EXIT_MESSAGE_TIMEOUT_MS = 200;
const TIMED_OUT = 'the session has timed out';

type State =
  /** Nothing came from the agent yet. */
  | { readonly kind: 'opening' }
  /** A handshake request is being answered. */
  | { readonly kind: 'answering'; readonly agentVersion: string }
  /** It is answered, its completion awaited. */
  | {
      readonly kind: 'handshake';
      readonly agentVersion: string;
      readonly session: SessionKind;
      /** The agent sends one challenge, and only in an encrypted session. */
      readonly challenge: 'awaited' | 'over';
    }
  | {
      readonly kind: 'running';
      readonly agentVersion: string;
      readonly session: SessionKind;
      readonly type: SessionType;
    };

/**
 * Runs one session from connecting to its end.
 *
 * @returns the exit status of the program; never rejects
 */
export function runSession(options: SessionOptions, host: SessionHost): Promise<number> {
  const { sessionId } = options;
  const { clock, logger, service, messages, stdout, stderr } = host;
  let state: State = { kind: 'opening' };
  let cipher: PayloadCipher | undefined;
  let ending = false;
  /** Why output was lost after the end had begun, a sentence. */
  let lostOutput: string | undefined;
  const { promise: exited, resolve: exit } = createDeferred<number>();
  const { promise: closedByService, resolve: serviceClosed } = createDeferred<undefined>();

  const stdoutIsData = (): boolean => state.kind === 'running' && state.type.stdout === 'data';
  const apart = <Route extends Writable | undefined>(route: Route): Route | Writable =>
    route === stdout && stdoutIsData() ? stderr : route;
  /** On stdout nobody looks for a failure but that of the start. */
  const failuresAreApart = messages.failures !== stdout;
  const print = (text: string): void => {
    apart(messages.texts)?.write(printableLines(text));
  };
  const reportError = (text: string): void => {
    apart(messages.failures).write(printableLines(text));
  };
  /** Ordinary goodbyes: behind a stream of data they would only litter the terminal of its user. */
  const printExitMessage = (text: string): void => {
    if (!stdoutIsData()) print(text);
  };
  /** Why it ended: a failure where those are apart, and where texts are not wanted, a remark. */
  const giveReason = (text: string): void => {
    if (failuresAreApart) reportError(text);
    else if (messages.texts === undefined) messages.notices?.write(printableLines(text));
    else print(text);
  };
  /** Why what runs cannot go on: on stdout nobody looks for it. */
  const reportFailure = (reason: string): void => {
    (failuresAreApart ? messages.failures : stderr).write(printableLines(`${reason}\n`));
  };
  const warn = (text: string): void => {
    messages.notices?.write(printableLines(`${text}\n`));
  };
  /** The agent causes texts, as many as it likes. */
  const mayWrite = (stream: Writable | undefined): boolean => {
    if (stream === undefined || isRead(apart(stream))) return true;
    logger.warn('dropped a text: the output is not read');
    return false;
  };
  const reconnectNotice =
    host.onEvent === undefined
      ? createReconnectNotice(messages, clock, {
          modes: host.terminal.modes,
          columns: () => host.terminal.size()?.cols,
          isBusy: () => stdout.writableLength > 0,
          hint: () => (state.kind === 'running' ? (state.type.leaveHint ?? '') : ''),
        })
      : reportReconnects(host.onEvent);

  const channel = createChannel({
    clock,
    logger,
    fillRandom: host.fillRandom,
    messagesPerSecond: options.messagesPerSecond,
    deliver: (payloadType, payload) => deliver(payloadType, payload),
    next: () => {
      if (state.kind !== 'running' || ending) return undefined;
      const message = state.type.next();
      if (message?.payloadType !== PayloadType.Output || cipher === undefined) return message;
      return { payloadType: message.payloadType, payload: cipher.encrypt(message.payload) };
    },
    closedByService: (output) => {
      serviceClosed(undefined);
      void endedByService(output);
    },
    agentConnected: () => {
      if (mayLackHandshake(options.documentName)) silentStart.agentConnected();
    },
    gaveUp: () => connection.unanswered(),
  });

  const silentStart = createSilentStart({
    clock,
    isOpening: () => state.kind === 'opening' && !ending,
    connectedSince: () => connection.openSince,
    size: () => sizeMessage(host.terminal),
    send: (message) => channel.send(message),
    whenAcknowledged: (callback) => channel.whenAcknowledged(callback),
    start: () => {
      startType({ kind: 'shell' }, '', '');
      channel.wake();
    },
  });

  const createLink = (agentVersion: string): SessionLink => ({
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
    print: (text) => {
      if (mayWrite(messages.texts)) print(text);
    },
    warn: (text) => {
      if (mayWrite(messages.notices)) warn(text);
    },
    end: (end) => void endLocally(end),
  });

  /** @returns undefined for an agent that offers what was not asked for: the session ends */
  const startType = (
    session: SessionKind,
    agentVersion: string,
    message: string,
  ): SessionType | undefined => {
    silentStart.stop();
    const mismatch = findKindMismatch(options.requested, session, agentVersion);
    if (mismatch !== undefined) {
      void endLocally({ kind: 'cannot-start', reason: mismatch });
      return undefined;
    }
    const link = createLink(agentVersion);
    const type =
      session.kind === 'shell'
        ? createShellSession(link, host)
        : createPortSession(session.properties, agentVersion, link, host);
    state = { kind: 'running', agentVersion, session, type };
    if (message !== '') print(`${message}\n`);
    logger.info(`the session has started, agent version ${agentVersion || 'unknown'}`);
    type.start();
    signals.begun(type);
    return type;
  };

  /** Takes a payload in order; control payloads are the session's own, the rest its type's. */
  const deliver = (payloadType: number, payload: Buffer): boolean => {
    try {
      switch (payloadType) {
        case PayloadType.HandshakeRequest:
          if (state.kind === 'opening' && !ending) answerHandshake(payload);
          return true;
        case PayloadType.EncryptionChallengeRequest:
          answerChallenge(payload);
          return true;
        case PayloadType.HandshakeComplete:
          completeHandshake(payload);
          return true;
        default:
          return deliverToType(payloadType, payload);
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      logger.error(`dropped a payload of type ${payloadType}: ${error.message}`);
      if (error.reason === 'handshake-excessive') {
        void endLocally({ kind: 'cannot-start', reason: error.message });
      }
      return true;
    }
  };

  const deliverToType = (payloadType: number, payload: Buffer): boolean => {
    // Without a handshake the first output is the start of a shell.
    const type =
      state.kind === 'opening' && !ending
        ? startType({ kind: 'shell' }, '', '')
        : state.kind === 'running'
          ? state.type
          : undefined;
    if (type === undefined) {
      logger.warn(`dropped a payload of type ${payloadType}: no session runs that could take it`);
      return true;
    }
    return type.receive(payloadType, decrypt(payloadType, payload));
  };

  /**
   * What becomes output or status must be sealed with the data key. Agents send no Error at all
   * (`SendStreamDataMessage` of their `datachannel.go` has no caller for it): one in plain text is forged.
   */
  const decrypt = (payloadType: number, payload: Buffer): Buffer => {
    if (cipher === undefined) return payload;
    switch (payloadType) {
      case PayloadType.Output:
      case PayloadType.StdErr:
      case PayloadType.ExitCode:
      case PayloadType.Error:
        return cipher.decrypt(payload);
      default:
        return payload;
    }
  };

  const answerHandshake = (payload: Buffer): void => {
    const request = parseHandshakeRequest(payload);
    const { agentVersion } = request;
    silentStart.stop();
    state = { kind: 'answering', agentVersion };
    logger.info(`handshake with agent version ${agentVersion}`);
    void processHandshake(request, {
      service,
      fillRandom: host.fillRandom,
      encryptionRefusal: options.encryptionRefusal,
    }).then((outcome) => {
      if (state.kind !== 'answering') return;
      cipher = outcome.cipher;
      const challenge = cipher === undefined ? 'over' : 'awaited';
      state = { kind: 'handshake', agentVersion, session: outcome.session, challenge };
      channel.send({
        payloadType: PayloadType.HandshakeResponse,
        payload: encodeHandshakeResponse(options.clientVersion, request.actions, outcome.results),
      });
      if (outcome.failure !== undefined) {
        void endLocally({ kind: 'cannot-start', reason: outcome.failure });
      }
    });
  };

  /** A completion that comes before the answer would start an encrypted session in plain text. */
  const completeHandshake = (payload: Buffer): void => {
    if (state.kind !== 'handshake' || ending) {
      logger.warn('dropped a HandshakeComplete that is not expected');
      return;
    }
    const { customerMessage } = parseHandshakeComplete(payload);
    startType(state.session, state.agentVersion, customerMessage);
  };

  /**
   * An answer is the challenge, sealed as typed input. A gateway without the data key could so turn
   * output that it has recorded into input. Until the handshake is complete the agent has sealed
   * nothing but its own challenge (docs/design/protocol.md#challenge): only that one is answered.
   */
  const answerChallenge = (payload: Buffer): void => {
    if (cipher === undefined || state.kind !== 'handshake' || state.challenge === 'over') {
      logger.error('dropped a challenge outside the handshake');
      return;
    }
    state = { ...state, challenge: 'over' };
    const challenge = stringMember(parseJsonPayload(payload, 'challenge'), 'Challenge');
    const plain = cipher.decrypt(Buffer.from(challenge, 'base64'));
    channel.send({
      payloadType: PayloadType.EncryptionChallengeResponse,
      payload: Buffer.from(JSON.stringify({ Challenge: cipher.encrypt(plain).toString('base64') })),
    });
  };

  const explainSignal = (signal: SessionSignal): void => {
    const isPressed = host.terminal.isInteractive && (signal === 'SIGINT' || signal === 'SIGQUIT');
    // A key needs no explanation, nor does the way in which OpenSSH ends its ProxyCommand.
    if (isPressed || (signal === 'SIGHUP' && stdoutIsData())) return;
    reconnectNotice.stop();
    warn(`${messages.noticesOnTerminal ? '\n' : ''}${signalText(sessionId, signal)}`);
  };

  const signals = listenToSignals({
    onSignal: host.onSignal,
    hangUpEnds: host.hangUpEnds,
    isEnding: () => ending,
    leave: (exitCode) => void endLocally({ kind: 'leave', text: '', exitCode }),
    ended: explainSignal,
  });

  // Nothing that a mistake has left behind decides or says anything more. But the terminal is the
  // user's, and nobody pays for a session nobody sees.
  const stopFatalErrors = host.onFatalError((error) => {
    ending = true;
    host.terminal.restore();
    reconnectNotice.stop();
    logger.error(`internal error: ${error.stack ?? error.message}`);
    return terminate(true);
  });

  watchOutputs({ stdout, stderr }, (error) => {
    const reason = `session-manager-plugin: ${error.message}`;
    if (!ending) {
      void endLocally({ kind: 'fail', reason });
    } else if (lostOutput === undefined) {
      lostOutput = reason;
      reportFailure(reason);
    }
  });
  print(texts.starting(sessionId));

  const connection = connect({
    streamUrl: options.streamUrl,
    tokenValue: options.tokenValue,
    clientVersion: options.clientVersion,
    channel,
    service,
    openSocket: host.openSocket,
    clock,
    logger,
    newUuid: host.newUuid,
    random: host.random,
    pingIntervalMs: options.pingIntervalMs,
    resumeTimeoutMs: options.resumeTimeoutMs,
    reconnecting: (reason, since) => reconnectNotice.lost(reason, since),
    reconnected: () => {
      reconnectNotice.back();
      if (state.kind === 'running') state.type.repaint?.();
    },
    ended: (end) => void lostForGood(end),
  });

  /**
   * Lets the program go once its last words are out.
   *
   * @param until - what a stuck output holds the end up to
   * @param reason - when nobody wanted the end
   */
  const exitWith = async (
    exitCode: number,
    until: 'bound' | 'signal',
    reason: string | undefined,
  ): Promise<void> => {
    host.onEvent?.({ kind: 'over', reason: lostOutput ?? reason });
    const out = Promise.all([drain(apart(messages.failures)), drain(stdout)]);
    if (until === 'signal') await Promise.race([out, signals.interrupted]);
    else await withTimeout<unknown>(clock, EXIT_MESSAGE_TIMEOUT_MS, out, () => undefined);
    signals.stop();
    stopFatalErrors();
    exit(lostOutput === undefined ? signals.statusAfter(exitCode) : options.failureStatus);
  };

  const closeAll = (): void => {
    reconnectNotice.stop();
    silentStart.stop();
    if (state.kind === 'running') state.type.close();
    connection.close();
    channel.close();
  };

  /** Delivers what was received, unless a signal says that nobody waits for it. */
  const deliverRest = async (): Promise<void> => {
    connection.close();
    if (state.kind === 'running') await Promise.race([state.type.finish(), signals.interrupted]);
  };

  const endedByService = async (output: string): Promise<void> => {
    if (ending) return;
    ending = true;
    logger.info('the service has closed the channel');
    await deliverRest();
    const exitCode = statusOfRemoteEnd(output);
    closeAll();
    if (output === '') printExitMessage(texts.exiting(sessionId));
    else if (state.kind === 'running') giveReason(texts.closedWithOutput(sessionId, output));
    else reportError(texts.closedWithOutput(sessionId, output));
    await exitWith(exitCode, 'signal', output === '' ? undefined : output);
  };

  /** What the remote side has reported so far. */
  const reportedStatus = (): number | undefined => {
    const reported = state.kind === 'running' ? state.type.exitStatus : undefined;
    return reported && systemStatus(reported, host.platform);
  };

  const statusOfRemoteEnd = (output: string): number => {
    // Closed with a reason before it began: it never started.
    if (state.kind !== 'running') return output === '' ? 0 : options.failureStatus;
    const exitStatus = reportedStatus();
    if (exitStatus !== undefined) return exitStatus;
    if (options.withoutExitStatus === undefined) return output === '' ? 0 : host.cutOffStatus;
    reportError(`${options.withoutExitStatus(state.agentVersion)}\n`);
    return options.failureStatus;
  };

  const lostForGood = async (end: ConnectionEnd): Promise<void> => {
    if (ending) return;
    ending = true;
    await deliverRest();
    if (end.kind !== 'over') await terminate();
    closeAll();
    switch (end.kind) {
      case 'not-opened':
        reportError(texts.cannotStart(end.reason));
        break;
      case 'over':
        giveReason(texts.timedOut(sessionId));
        break;
      case 'lost':
        reportFailure(`Session ${sessionId} is lost: ${end.reason}`);
        print(texts.timedOut(sessionId));
    }
    const reason = end.kind === 'over' ? TIMED_OUT : end.reason;
    await exitWith(options.failureStatus, 'bound', reason);
  };

  /** @param mistaken - after a mistake nothing is certain that is not asked of the service */
  const terminate = (afterFatalError = false): Promise<void> => {
    const agentVersion = state.kind === 'opening' ? '' : state.agentVersion;
    const knowsFlag =
      compareVersions(agentVersion, LAST_AGENT_WITHOUT_TERMINATE_FLAG) > 0 || agentVersion === '';
    const byFlag = connection.openSince !== undefined && knowsFlag;
    const isPort = state.kind === 'running' && state.session.kind === 'port';
    return endOnService({
      channel,
      service,
      clock,
      logger,
      byFlag,
      // Agents act on the flag in port sessions for certain; elsewhere the service is asked, too.
      byApi: afterFatalError || !byFlag || !isPort,
      closed: closedByService,
    });
  };

  const endLocally = async (end: LocalEnd): Promise<void> => {
    if (ending) return;
    ending = true;
    reconnectNotice.stop();
    if (state.kind === 'running') state.type.close();
    switch (end.kind) {
      case 'leave':
        printExitMessage(end.text);
        break;
      case 'fail':
        reportFailure(end.reason);
        break;
      case 'reader-closed':
      case 'cannot-start':
    }
    await terminate();
    closeAll();
    if (end.kind === 'cannot-start') reportError(texts.cannotStart(end.reason));
    else printExitMessage(texts.exiting(sessionId));
    switch (end.kind) {
      case 'leave':
        return exitWith(end.exitCode, 'bound', undefined);
      case 'reader-closed':
        return exitWith(reportedStatus() ?? 0, 'bound', undefined);
      case 'fail':
      case 'cannot-start':
        return exitWith(options.failureStatus, 'bound', end.reason);
    }
  };

  return exited;
}
