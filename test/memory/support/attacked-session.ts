import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { Writable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import {
  encodeClientMessage,
  MessageType,
  type ClientMessage,
} from '../../../src/protocol/client-message.ts';
import { PayloadType } from '../../../src/protocol/payload-type.ts';
import { createLocalPort } from '../../../src/session/port/listen/local-port.ts';
import type { SessionEvent } from '../../../src/session/session-event.ts';
import type { SessionHost } from '../../../src/session/session-host.ts';
import { runSession } from '../../../src/session/session.ts';
import { createCollector, limitGarbage } from '../../../src/socket/received-garbage.ts';
import type { OpenSocket, SocketEvents } from '../../../src/socket/socket.ts';
import { callerPresentation } from '../../session/support/caller-presentation.ts';
import { createScriptedHost } from '../../session/support/scripted-host.ts';
import { SESSION_OPTIONS } from '../../session/support/session-options.ts';

/** What one read of the network brings, by default. */
const READ_BYTES = 4 * 1024;
/** Frames after which the session's process gets to do other work, as between two reads. */
const FRAMES_PER_TURN = 64;

/** A session in this process, and the hostile end of its socket. */
export interface AttackedSession {
  /** The session does not read its socket. */
  readonly isPaused: () => boolean;
  /** Sends a payload, next in order; the frame keeps a whole read of the network in memory. */
  send(payloadType: number, payload: Buffer): Promise<void>;
  /** Sends any message in the same way. */
  sendMessage(message: Partial<ClientMessage>): Promise<void>;
  sendFrame(frame: Buffer): Promise<void>;
  /** Connects a local program that does not read, not even into a buffer of the system. */
  connectProgram(): Promise<void>;
}

/** A stream of which nothing is ever taken. */
export function stuckStream(): Writable {
  return new Writable({ write: () => undefined });
}

/** The system takes nothing that is written to a connection. */
function takeNothing(connection: Socket): void {
  Reflect.set(connection, '_write', () => undefined);
  Reflect.set(connection, '_writev', undefined);
}

/** A stream that takes everything and keeps nothing. */
export function sink(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() });
}

/** The frame as a part of what one read of the network has brought. */
function asRead(frame: Buffer, readBytes: number): Buffer {
  const read = Buffer.alloc(Math.max(readBytes, frame.length), 1);
  frame.copy(read);
  return read.subarray(0, frame.length);
}

/**
 * Starts a session of which nothing is acknowledged.
 *
 * @param readBytes - what each frame keeps in memory as long as a part of it is kept
 */
export async function attackSession(
  parts: Partial<SessionHost> = {},
  readBytes = READ_BYTES,
): Promise<AttackedSession> {
  let events: SocketEvents | undefined;
  let paused = false;
  let port = 0;
  let frames = 0;
  let sequenceNumber = 0;
  const openSocket: OpenSocket = (_request, given) => {
    events = given;
    return Promise.resolve({
      send: () => undefined,
      sendText: () => undefined,
      ping: () => undefined,
      pause: () => void (paused = true),
      resume: () => void (paused = false),
      close: () => undefined,
      destroy: () => undefined,
    });
  };
  const stdout = parts.stdout ?? sink();
  const stderr = parts.stderr ?? sink();
  const onEvent = (event: SessionEvent): void => {
    if (event.kind === 'listening' && event.on.kind === 'tcp') port = event.on.port;
    parts.presentation?.onEvent?.(event);
  };
  const host: SessionHost = {
    ...createScriptedHost().host,
    localPort: createLocalPort({ onEvent }),
    openSocket,
    stdout,
    stderr,
    createServer: (options, onConnection) =>
      createServer(options, (connection) => {
        takeNothing(connection);
        onConnection(connection);
      }),
    ...parts,
    presentation: {
      ...(parts.presentation ?? callerPresentation(sink(), stderr)),
      onEvent,
    },
  };
  void runSession(SESSION_OPTIONS, host);
  await setImmediate();

  // As the socket of the program does.
  const countGarbage = limitGarbage(createCollector());
  const sendFrame = async (frame: Buffer): Promise<void> => {
    const received = asRead(frame, readBytes);
    events?.frame(received);
    countGarbage(received);
    frames++;
    if (frames % FRAMES_PER_TURN === 0) await setImmediate();
  };
  const sendMessage = (message: Partial<ClientMessage>): Promise<void> =>
    sendFrame(
      encodeClientMessage({
        messageType: MessageType.OutputStreamData,
        sequenceNumber: 0,
        flags: 0,
        messageId: randomBytes(16),
        createdDate: 1,
        payloadType: PayloadType.Output,
        payload: Buffer.alloc(0),
        ...message,
      }),
    );
  return {
    isPaused: () => paused,
    sendFrame,
    sendMessage,
    send: (payloadType, payload) =>
      sendMessage({ sequenceNumber: sequenceNumber++, payloadType, payload }),
    async connectProgram() {
      while (port === 0) await setImmediate();
      const program = connect({ host: '127.0.0.1', port });
      await once(program, 'connect');
      await setImmediate();
    },
  };
}

/** Starts a session that forwards a port, by smux or, with an older agent, by raw bytes. */
export async function attackPort(
  agentVersion: string,
  parts: Partial<SessionHost> = {},
): Promise<AttackedSession> {
  const session = await attackSession(parts);
  const properties = { type: 'LocalPortForwarding', portNumber: '80', localPortNumber: '0' };
  const action = {
    ActionType: 'SessionType',
    ActionParameters: { SessionType: 'Port', Properties: properties },
  };
  const request = { AgentVersion: agentVersion, RequestedClientActions: [action] };
  await session.send(PayloadType.HandshakeRequest, Buffer.from(JSON.stringify(request)));
  await setImmediate();
  await session.send(PayloadType.HandshakeComplete, Buffer.from('{}'));
  await setImmediate();
  return session;
}
