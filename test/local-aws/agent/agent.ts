import { systemClock, type Timer } from '../../../src/lib/clock.ts';
import { decodeFlag, Flag } from '../../../src/protocol/flag.ts';
import { PayloadType } from '../../../src/protocol/payload-type.ts';
import { compareVersions } from '../../../src/protocol/version.ts';
import type { SessionEnd, SessionRecord } from '../session/session-record.ts';
import type { SessionPlan } from '../session/session-request.ts';
import { createAgentChannel } from './channel/agent-channel.ts';
import type { AgentEndpoint, AgentLink } from './channel/agent-link.ts';
import { DEFAULT_AGENT_VERSION, type AgentOptions } from './agent-options.ts';
import { hasHandshake, startHandshake, type AgentHandshake } from './channel/agent-handshake.ts';
import type { PayloadCipher } from './channel/payload-cipher.ts';
import { planProgram } from './programs/plan-program.ts';
import type { Program, ProgramHost } from './programs/program.ts';

/**
 * Agents up to this version do not know the TerminateSession flag (docs/design/protocol.md#flags).
 */
const LAST_AGENT_WITHOUT_TERMINATE_FLAG = '2.3.722.0';

/** Payload bytes of a full message, before encryption. */
const PAYLOAD_BYTES = 1024;
const HANDSHAKE_TIMEOUT_MS = 15_000;
const RESEND_INTERVAL_MS = 100;
const BUFFER_MESSAGES = 100_000;
/** The agent waits this long for the last acknowledgements (`PrepareToCloseChannel` of its datachannel.go). */
const LINGER_TIMEOUT_MS = 2_000;

/** Payload types the agent encrypts when the session is encrypted. */
const ENCRYPTED: readonly number[] = [PayloadType.Output, PayloadType.StdErr, PayloadType.ExitCode];

/** What an {@link Agent} works with. */
export interface AgentSetUp {
  readonly sessionId: string;
  readonly target: string;
  readonly plan: SessionPlan;
  readonly options: AgentOptions;
  readonly link: AgentLink;
  readonly record: SessionRecord;
  readonly changed: () => void;
  /** The agent has ended the session; called once, before the service learns it. */
  readonly ended: (end: SessionEnd) => void;
}

/** The double of the agent on a target, for one session. */
export interface Agent extends AgentEndpoint {
  /** Ends the session's program as the agent does when the service has ended the session. */
  terminate(): Promise<void>;
  /** Ends what runs at once; resolves when nothing of it is left. */
  close(): Promise<void>;
}

/** Starts the agent's side of a session; its program starts when the protocol allows it. */
export function startAgent(setUp: AgentSetUp): Agent {
  const { options, plan, link, record, changed } = setUp;
  const clock = options.clock ?? systemClock;
  const agentVersion = options.version ?? DEFAULT_AGENT_VERSION;
  const knowsTerminateFlag = compareVersions(agentVersion, LAST_AGENT_WITHOUT_TERMINATE_FLAG) > 0;
  let program: Program | undefined;
  let handshake: AgentHandshake | undefined;
  let cipher: PayloadCipher | undefined;
  let lingering: Timer | undefined;
  let over = false;

  const finish = (end: SessionEnd): void => {
    if (over) return;
    over = true;
    lingering?.cancel();
    handshake?.close();
    setUp.ended(end);
    link.sessionState(end.output);
    channel.close();
    void program?.terminate();
  };
  const send = (payloadType: PayloadType, payload: Buffer): void => {
    const sealed =
      cipher !== undefined && ENCRYPTED.includes(payloadType) ? cipher.encrypt(payload) : payload;
    channel.send(payloadType, sealed);
  };
  const host = (clientVersion: string): ProgramHost => ({
    options,
    clock,
    record,
    agentVersion,
    clientVersion,
    output(payloadType, bytes) {
      record.outputBytes += bytes.length;
      for (let offset = 0; offset < bytes.length; offset += PAYLOAD_BYTES) {
        send(payloadType, bytes.subarray(offset, offset + PAYLOAD_BYTES));
      }
    },
    send,
    get writable() {
      return channel.writable;
    },
    get active() {
      return channel.active;
    },
    pauseReceiving: () => link.pauseReceiving(),
    resumeReceiving: () => link.resumeReceiving(),
    ready: () => channel.ready(),
    changed,
    done(by, output) {
      if (over || lingering !== undefined) return;
      const end = { by, output };
      const timeout = options.lingerTimeout ?? LINGER_TIMEOUT_MS;
      lingering = clock.after(timeout, () => finish(end));
      channel.whenAcknowledged(() => finish(end));
    },
  });
  const startProgram = (clientVersion: string): void => {
    program = planProgram(plan)(host(clientVersion));
  };

  const receiveFlag = (payload: Buffer): void => {
    const flag = decodeFlag(payload);
    record.flags.push(flag);
    if (flag === Flag.TerminateSession && knowsTerminateFlag) finish({ by: 'flag', output: '' });
  };
  const receive = (payloadType: number, payload: Buffer): boolean | Promise<void> => {
    if (program === undefined) {
      if (handshake?.receive(payloadType, payload) !== true) record.ignored++;
      return true;
    }
    if (payloadType === PayloadType.Flag) receiveFlag(payload);
    if (over) return true;
    let plain = payload;
    if (payloadType === PayloadType.Output && cipher !== undefined) {
      try {
        plain = cipher.decrypt(payload);
      } catch {
        record.invalid++;
        return false;
      }
    }
    const taken = program.receive(payloadType, plain);
    if (taken !== false && payloadType === PayloadType.Output) record.inputBytes += plain.length;
    return taken;
  };

  const channel = createAgentChannel({
    link,
    clock,
    record,
    changed,
    resendInterval: options.resendInterval ?? RESEND_INTERVAL_MS,
    incomingCapacity: options.incomingCapacity ?? BUFFER_MESSAGES,
    outgoingCapacity: options.outgoingCapacity ?? BUFFER_MESSAGES,
    events: {
      message: receive,
      writable: () => program?.writable(),
      resendLimit: () => finish({ by: 'resend-limit', output: '' }),
    },
  });

  const begin = (): void => {
    if (over) return;
    if (!hasHandshake(plan, options.encryption)) {
      startProgram('');
      return;
    }
    handshake = startHandshake({
      sessionId: setUp.sessionId,
      target: setUp.target,
      agentVersion,
      plan,
      encryption: options.encryption,
      furtherActions: options.furtherActions ?? [],
      customerMessage: options.customerMessage,
      timeout: options.handshakeTimeout ?? HANDSHAKE_TIMEOUT_MS,
      clock,
      send,
      completed(clientVersion, newCipher) {
        cipher = newCipher;
        record.clientVersion = clientVersion;
        startProgram(clientVersion);
      },
      failed: (output) => finish({ by: 'handshake', output }),
    });
  };
  if (options.handshakeAfter === undefined) begin();
  else void options.handshakeAfter.then(begin);

  const stop = (): void => {
    over = true;
    lingering?.cancel();
    handshake?.close();
    channel.close();
  };
  return {
    receive: (frame) => channel.receive(frame),
    drained: () => channel.drained(),
    async terminate() {
      stop();
      await program?.terminate();
    },
    async close() {
      stop();
      await program?.close();
    },
  };
}
