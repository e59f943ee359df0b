import type { ChannelOptions } from '../channel/channel-options.ts';
import { createChannel, type Channel } from '../channel/channel.ts';
import type { OutgoingMessage } from '../channel/outgoing-message.ts';
import { createDeferred } from '../lib/deferred.ts';
import { connect, type Connection } from './connection/connection.ts';
import {
  createReconnectNotice,
  reportReconnects,
  type ReconnectNotice,
} from './connection/reconnect-notice.ts';
import {
  createHandshakeProbe,
  mayLackHandshake,
  type HandshakeProbe,
} from './handshake/handshake-probe.ts';
import { createAgentWait, type AgentWait } from './handshake/agent-wait.ts';
import type { End, SessionFailure } from './ending.ts';
import { isEnding, type LifecycleEvent, type LifecycleState } from './lifecycle.ts';
import { createPresenter, type Presenter } from './presentation.ts';
import type { SessionHost, SessionOptions } from './session-host.ts';
import { listenToSignals, signalReason, type SessionSignals } from './session-signals.ts';
import type { SessionSignal, SessionType } from './session-type.ts';
import { sizeMessage } from './shell/size-message.ts';

/** What a session consists of, from its first text to its exit status. */
export interface SessionParts {
  readonly options: SessionOptions;
  readonly host: SessionHost;
  readonly presenter: Presenter;
  readonly reconnectNotice: ReconnectNotice;
  readonly channel: Channel;
  readonly handshakeProbe: HandshakeProbe;
  readonly agentWait: AgentWait;
  readonly signals: SessionSignals;
  readonly connection: Connection;
  /** Resolves when the service closes the channel. */
  readonly closedByService: Promise<unknown>;
}

/** The session, as its parts know it. */
export interface PartsOwner {
  readonly state: LifecycleState;
  /** Undefined until the session has begun. */
  readonly type: SessionType | undefined;
  dispatch(event: LifecycleEvent): void;
  /** Takes a payload in order. @returns false when the agent must send it again */
  receive(payloadType: number, payload: Buffer): boolean;
  /** The next message to send; undefined when nothing waits. */
  next(): OutgoingMessage | undefined;
}

/** Creates the parts of a session, prints its first text and starts to connect. */
export function createSessionParts(
  options: SessionOptions,
  host: SessionHost,
  owner: PartsOwner,
): SessionParts {
  const { presentation, stdout, stderr, logger } = host;
  const closedByService = createDeferred<undefined>();
  const presenter = createPresenter({
    presentation,
    stdout,
    stderr,
    terminal: host.terminal,
    logger,
    stdoutIsData: () => stdoutIsData(owner),
  });
  const notice = createNotice(host, owner);
  const reconnectNotice: ReconnectNotice = {
    ...notice,
    stop() {
      host.stopWaiting();
      notice.stop();
    },
  };
  const channel: Channel = createSessionChannel(options, host, owner, {
    closedByService: () => closedByService.resolve(undefined),
    agentConnected: () => handshakeProbe.agentConnected(),
    agentPresence: (isConnected) => agentWait.agentConnected(isConnected),
    onUnacknowledged: () => connection.unanswered(),
  });
  const handshakeProbe = createHandshakeProbe({
    clock: host.clock,
    isOpening: () => owner.state.kind === 'opening',
    connectedSince: () => connection.openSince,
    size: () => sizeMessage(host.terminal),
    send: (message) => channel.send(message),
    whenAcknowledged: (callback) => channel.whenAcknowledged(callback),
    start: () => {
      owner.dispatch({ kind: 'no-handshake' });
      channel.wake();
    },
  });
  const agentWait = createAgentWait({
    state: () => owner.state,
    isConnected: () => connection.openSince !== undefined,
    report: host.reportAgentWait,
    clock: host.clock,
    limit: options.agentLimit,
    absenceLimit: options.agentAbsenceLimit,
    onLimit: (failure) => owner.dispatch({ kind: 'end', end: agentLost(owner.state, failure) }),
  });
  const signals = listen(options, host, owner, { presenter, reconnectNotice });
  // The caller may send a signal as soon as it has read this.
  const { wording } = presentation;
  presenter.print({ kind: 'text', text: wording.starting(options.session.sessionId) });
  const connection: Connection = openConnection(
    options,
    host,
    owner,
    { channel, reconnectNotice, agentWait },
    () => connection.openSince,
  );
  return {
    options,
    host,
    presenter,
    reconnectNotice,
    channel,
    handshakeProbe,
    agentWait,
    signals,
    connection,
    closedByService: closedByService.promise,
  };
}

/** Signals that a terminal sends for a key. */
const KEY_SIGNALS: ReadonlySet<SessionSignal> = new Set(['SIGINT', 'SIGQUIT', 'SIGTSTP']);

const stdoutIsData = ({ type }: PartsOwner): boolean => type?.stdout === 'data';

function createNotice(host: SessionHost, owner: PartsOwner): ReconnectNotice {
  const { presentation, clock, terminal, stdout } = host;
  if (presentation.onEvent !== undefined) return reportReconnects(presentation.onEvent);
  return createReconnectNotice(presentation, clock, {
    modes: terminal.modes,
    columns: () => terminal.size()?.cols,
    isBusy: () => stdout.writableLength > 0,
    hint: () => owner.type?.leaveHint ?? '',
  });
}

/** What the parts of a session learn from its channel. */
type ChannelListeners = Readonly<
  Record<'closedByService' | 'agentConnected' | 'onUnacknowledged', () => void>
> &
  Pick<Required<ChannelOptions>, 'agentPresence'>;

/** A session that runs has begun already: it fails. */
function agentLost({ kind }: LifecycleState, failure: SessionFailure): End {
  return { kind: kind === 'running' ? 'fail' : 'cannot-start', failure };
}

function createSessionChannel(
  { settings, session, gathering }: SessionOptions,
  { clock, logger, fillRandom }: SessionHost,
  owner: PartsOwner,
  on: ChannelListeners,
): Channel {
  return createChannel({
    clock,
    logger,
    fillRandom,
    messagesPerSecond: settings.messagesPerSecond,
    deliver: (payloadType, payload) => owner.receive(payloadType, payload),
    next: () => owner.next(),
    closedByService: (output) => {
      on.closedByService();
      owner.dispatch({ kind: 'end', end: { kind: 'closed-by-service', output } });
    },
    agentConnected: () => {
      if (mayLackHandshake(session.documentName)) on.agentConnected();
    },
    agentPresence: on.agentPresence,
    onUnacknowledged: on.onUnacknowledged,
    gathering,
  });
}

function listen(
  { session }: SessionOptions,
  host: SessionHost,
  owner: PartsOwner,
  { presenter, reconnectNotice }: Pick<SessionParts, 'presenter' | 'reconnectNotice'>,
): SessionSignals {
  const { onSignal, hangUpEnds, terminal, presentation } = host;
  const explain = (signal: SessionSignal): void => {
    const reason = signalReason(signal, {
      isInteractive: terminal.isInteractive,
      stdoutIsData: stdoutIsData(owner),
    });
    if (reason === undefined) return;
    reconnectNotice.stop();
    const text = presentation.wording.interrupted(reason, session.sessionId);
    presenter.print({ kind: 'notice', text });
  };
  return listenToSignals({
    onSignal: (handler) =>
      onSignal((signal) => {
        if (KEY_SIGNALS.has(signal)) terminal.signalReceived();
        handler(signal);
      }),
    hangUpEnds,
    isEnding: () => isEnding(owner.state),
    leave: (exitCode) =>
      owner.dispatch({ kind: 'end', end: { kind: 'leave', text: '', exitCode } }),
    ended: explain,
  });
}

function openConnection(
  { session, settings, clientVersion }: SessionOptions,
  host: SessionHost,
  owner: PartsOwner,
  parts: Pick<SessionParts, 'channel' | 'reconnectNotice' | 'agentWait'>,
  openSince: () => number | undefined,
): Connection {
  const { channel, reconnectNotice, agentWait } = parts;
  return connect({
    session,
    settings,
    clientVersion,
    channel,
    host,
    reconnecting: (reason, since) => reconnectNotice.disconnected(reason, since),
    reconnected: () => {
      reconnectNotice.reconnected();
      if (owner.state.kind === 'running') owner.type?.repaint?.();
    },
    openChanged() {
      agentWait.update();
      owner.type?.connectionChanged?.();
      host.connectionChanged(openSince());
    },
    ended: (end) => owner.dispatch({ kind: 'end', end }),
  });
}
