import { EventEmitter, setMaxListeners } from 'node:events';
import type { SessionRequest } from '../../aws/aws.ts';
import type { CommandContext } from '../../cli/framework/command-context.ts';
import { checkPeers } from '../../cli/run/listen-host.ts';
import { checkSettings } from '../../cli/run/prepare-session.ts';
import { createStartQueue, type StartQueue } from '../../cli/run/start/start-queue.ts';
import { createDeferred } from '../../lib/deferred.ts';
import type { ListeningOn } from '../../session/port/listen/bind.ts';
import { exposedWarning } from '../../session/port/port-texts.ts';
import { SIGNAL_STATUS } from '../../session/signal-status.ts';
import type { SessionTexts } from '../../session/texts/caller-texts.ts';
import { createChildSignals, type ProgramOfPorts } from './beside-program.ts';
import { chooseDisplay, showProblems, type ForwardDisplay } from './display.ts';
import type { FastRequest } from '../../cli/tunnel/fast-choice.ts';
import { SESSIONS_OF_TUNNEL } from '../../cli/tunnel/fast-mode.ts';
import { cannotForward } from './fast/cannot-forward.ts';
import { loadFast, type Fast } from './fast/load-fast.ts';
import {
  createForwardedPort,
  namePortIn,
  type ForwardedPort,
  type PortChange,
} from '../../cli/ports/forwarded-port.ts';
import type { Forward } from '../../cli/ports/parse-forward.ts';
import { createPortListener } from './local/port-listener.ts';
import { followTarget, type FollowedTarget } from './sessions/follow-target.ts';
import { acquireForwardSignals, type ForwardSignals } from './sessions/forward-signals.ts';
import { errorOf } from './sessions/next-step.ts';
import type { SessionPolicy } from './sessions/port-session.ts';
import { runPortSessions } from './sessions/port-sessions.ts';
import { createSessionRunner } from './sessions/run-port-session.ts';

const TO_TARGET = 'AWS-StartPortForwardingSession';
const TO_REMOTE_HOST = 'AWS-StartPortForwardingSessionToRemoteHost';

/** What the command line asks for. */
export interface ForwardRequest extends FollowedTarget {
  readonly forwards: readonly Forward[];
  readonly reason: string | undefined;
  readonly policy: SessionPolicy;
  /** Where to listen; undefined for the setting of the environment. */
  readonly address: string | undefined;
  /** What runs while the ports listen; undefined to forward until a signal comes. */
  readonly program: ProgramOfPorts | undefined;
  /** Shows the ports; by default in the terminal, or as `--json` asks for it. */
  readonly display?: ForwardDisplay;
  /** Undefined for the ports of the agent. */
  readonly fast?: FastRequest | undefined;
}

/** @returns the exit status: that of the program, or of the first port that failed, or 0 */
export async function forwardPorts(
  context: CommandContext,
  request: ForwardRequest,
): Promise<number> {
  // What is wrong for all ports is reported before the view appears.
  checkSettings(context);
  await (await context.aws.calls()).prepareCredentials();
  const { forwards, policy, program } = request;
  const targets = followTarget(context, request);
  const fastOptions = { reason: request.reason, target: targets, policy, forwards };
  const fast = request.fast && (await loadFast(context, request.fast, fastOptions));
  const display = request.display ?? (await displayFor(context, request));
  // Each session listens for signals, and to errors of the streams.
  const streams = [process, context.output.stdout, context.output.stderr, context.output.messages];
  setMaxListeners(
    EventEmitter.defaultMaxListeners + (forwards.length + SESSIONS_OF_TUNNEL) * policy.count,
    ...streams,
  );
  const child = createChildSignals(context.env);
  const { signals: own } = context.sessions;
  const signals = acquireForwardSignals(
    program === undefined ? own : { ...own, acquire: () => own.acquireEndings() },
    child.takes,
  );
  const starts = createStartQueue(context.clock, context.random.uniform);
  const running = forwards.map((forward) => {
    const port = createForwardedPort(forward, policyFor(forward, policy).count);
    const report = display.follow(port);
    const options = { context, request, port, report, signals, targets, starts, fast };
    return { port, ...forwardPort(options) };
  });
  try {
    if (program !== undefined && (await allListen(running))) {
      if (signals.isStopping) return SIGNAL_STATUS[await signals.stopping];
      const made = await Promise.race([
        signals.stopping.then(() => undefined),
        program(running.map(({ port }) => port)),
      ]);
      if (made === undefined) return SIGNAL_STATUS[await signals.stopping];
      const status = await child.run(context, made);
      signals.stop();
      await Promise.all(running.map(({ exited }) => exited));
      return status;
    }
    if (program !== undefined) signals.stop();
    const statuses = await Promise.all(running.map(({ exited }) => exited));
    return statuses.find((status) => status !== 0) ?? 0;
  } finally {
    // After an error, the other ports end, too, before the screen does.
    signals.stop();
    await Promise.allSettled(running.map(({ exited }) => exited));
    signals.release();
    display.end();
  }
}

async function displayFor(
  context: CommandContext,
  { target, program }: ForwardRequest,
): Promise<ForwardDisplay> {
  return program === undefined ? chooseDisplay(context, target) : showProblems(context, target);
}

async function allListen(running: readonly RunningPort[]): Promise<boolean> {
  const states = await Promise.all(
    running.map(({ listening, exited }) => Promise.race([listening, exited.then(() => false)])),
  );
  return states.every((listens) => listens);
}

/** A port that is being forwarded. */
interface RunningPort {
  /** Resolves when local programs can connect. */
  readonly listening: Promise<boolean>;
  /** Resolves with the exit status. */
  readonly exited: Promise<number>;
}

/** What one port is forwarded with. */
interface PortOptions {
  readonly context: CommandContext;
  readonly request: ForwardRequest;
  readonly port: ForwardedPort;
  readonly report: (change: PortChange) => void;
  readonly signals: ForwardSignals;
  readonly targets: (isLater: boolean) => string | Promise<string>;
  /** Where the sessions of all ports wait for their turn to be started. */
  readonly starts: StartQueue;
  /** Undefined for the ports of the agent. */
  readonly fast: Fast | undefined;
}

/** Forwards one port. A failure is reported at once, and the other ports continue. */
function forwardPort(options: PortOptions): RunningPort {
  const listening = createDeferred<boolean>();
  const report = (change: PortChange): void => {
    options.report(change);
    if (change.kind === 'listening') listening.resolve(true);
  };
  return { listening: listening.promise, exited: runPort({ ...options, report }) };
}

async function runPort(options: PortOptions): Promise<number> {
  const { context, request, port, signals, targets, fast } = options;
  const { policy, reason, address, program } = request;
  const hasListener = policy.onDemand || address !== undefined || fast !== undefined;
  // The only port of a program needs no name.
  const isNamed = program === undefined || request.forwards.length > 1;
  const nameInText = (text: string): string => (isNamed ? namePortIn(port, text) : text);
  const warn = (text: string): void => context.output.notify(nameInText(text));
  const listener = hasListener
    ? createPortListener(context, port.forward, address, warn)
    : undefined;
  let isClosed = false;
  const take = (change: PortChange): void => {
    if (isClosed) return;
    port.take(change);
    options.report(change);
    const isHere = listener !== undefined && listener.reverse === undefined;
    if (change.kind === 'listening' && isHere) warnIfExposed(change.on);
  };
  const warnIfExposed = (on: ListeningOn): void => {
    const warning = exposedWarning(on);
    if (warning !== undefined && !context.options.json) context.output.notify(nameInText(warning));
  };
  const { forward } = port;
  const runAgent = createSessionRunner({
    context,
    starts: options.starts,
    requestFor: (target) => requestFor(target, port.forward, reason),
    target: targets,
    nameInText,
    reportEnds: !policy.restarts,
    leavesTerminal: program !== undefined,
    adaptTexts: signalTexts(request),
  });
  const runPlain =
    forward.relayed === undefined ? runAgent : () => Promise.resolve(cannotForward(forward));
  const runFast = listener && fast?.createRunner({ forward, listener, warn, runPlain });
  const outcome = await runPortSessions({
    policy: policyFor(forward, policy),
    signals,
    run: runFast ?? runPlain,
    report: take,
    reportFailure(failed) {
      if (fast?.choice.isWanted === true) {
        if (fast.isNew(failed.message)) context.output.reportError(errorOf(failed));
      } else if (policy.restarts || failed.reason !== 'session') {
        // A session that is not replaced has reported its own failure.
        context.output.reportError(errorOf(failed), nameInText);
      }
    },
    listener,
    hasPeerClosed: checkPeers(),
    clock: context.clock,
    random: context.random.uniform,
    paceOf: fast?.paceOf,
  });
  // Connections may have been closed by the end without a report so far.
  for (const traffic of [...port.open]) {
    take({ kind: 'disconnected', open: port.open.size - 1, traffic });
  }
  const { status, ...end } = outcome;
  take(end);
  isClosed = true;
  return status;
}

/** What a port cannot have, whatever is asked for. */
function policyFor({ relayed }: Forward, policy: SessionPolicy): SessionPolicy {
  switch (relayed?.kind) {
    case 'udp':
      // A destination that does not answer a datagram shows nothing.
      return { ...policy, checks: false };
    case 'reverse': {
      // The target listens once, as long as there is a session.
      const always = { onDemand: false, idleMs: undefined, isAlwaysWanted: true } as const;
      return { ...policy, ...always, count: 1, checks: false };
    }
    default:
      return policy;
  }
}

function requestFor(
  target: string,
  { host, port, localPort }: Forward,
  reason: string | undefined,
): SessionRequest {
  return {
    target,
    documentName: host === undefined ? TO_TARGET : TO_REMOTE_HOST,
    parameters: {
      ...(host === undefined ? {} : { host: [host] }),
      portNumber: [port],
      localPortNumber: [localPort],
    },
    ...(reason === undefined ? {} : { reason }),
  };
}

function signalTexts(request: ForwardRequest): (texts: SessionTexts) => SessionTexts {
  const { policy, program, display } = request;
  // The end of the program, or of the supervisor, ends the sessions as a signal does.
  const isSilent = program !== undefined || display !== undefined;
  if (isSilent) return (texts) => ({ ...texts, interrupted: () => '' });
  return policy.count > 1 ? reportSignalOnce() : (texts) => texts;
}

/** A signal ends all sessions of a port: the text about it is printed once. */
function reportSignalOnce(): (texts: SessionTexts) => SessionTexts {
  let isReported = false;
  return (texts) => ({
    ...texts,
    interrupted(...args) {
      if (isReported) return '';
      isReported = true;
      return texts.interrupted(...args);
    },
  });
}
