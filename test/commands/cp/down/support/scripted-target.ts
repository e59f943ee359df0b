import type { Readable, Writable } from 'node:stream';
import type { RemoteCommand, RemoteEnd } from '../../../../../src/cli/remote/remote.ts';
import type { TargetSessions } from '../../../../../src/commands/cp/down/sessions/target-sessions.ts';
import { createDeferred } from '../../../../../src/lib/deferred.ts';

/** A command that prints what a test wants. */
export interface ScriptedCommand {
  /** Requests that were passed on to it and not taken, without their line feeds and without the last one. */
  readonly requests: string[];
  readonly isRunning: boolean;
  print(text: string): void;
  /** Prints one reply. */
  reply(content: Buffer | string): void;
  end(end: RemoteEnd): void;
  /** The connection is lost and comes back. */
  cut(): void;
}

/** Sessions whose target is the test. */
export interface ScriptedTarget extends TargetSessions {
  readonly commands: readonly ScriptedCommand[];
  /** Whether each session of requests still runs. */
  readonly requestSessions: readonly { readonly isRunning: boolean }[];
  /** Whether sessions of requests answer probes. */
  answersProbes: boolean;
  /** What the end of a session waits for. */
  beforeEnd: Promise<unknown>;
  /** Called when a command has started. */
  onCommand: (command: ScriptedCommand, index: number) => void;
  /** Called when a command gets its last request. By default it then ends. */
  onLast: (command: ScriptedCommand, index: number) => void;
}

interface Session {
  readonly remote: RemoteCommand;
  isRunning: boolean;
  connectedSince: number;
  readonly end: (end: RemoteEnd) => void;
}

/** `a FD LINE` and `o FD NAME`. */
const LINE = /^(\w) (\d) (.*)$/;
const FIFO = /^p='?(\S+?)'? i=0$/m;

/** Starts nothing yet. */
export function createScriptedTarget(): ScriptedTarget {
  const commands: ScriptedCommand[] = [];
  const requestSessions: Session[] = [];
  const byFifo = new Map<string, ScriptedCommand>();

  const startSession = (): Session => {
    const forced = createDeferred<RemoteEnd>();
    const ended = forced.promise.then(async (end) => {
      await target.beforeEnd;
      session.isRunning = false;
      return end;
    });
    const session: Session = {
      isRunning: true,
      connectedSince: 0,
      end: forced.resolve,
      remote: {
        ended,
        get connectedSince() {
          return session.connectedSince;
        },
        async stop() {
          forced.resolve({ kind: 'stopped' });
          await ended;
        },
      },
    };
    return session;
  };

  const target: ScriptedTarget = {
    commands,
    requestSessions,
    answersProbes: true,
    beforeEnd: Promise.resolve(),
    onCommand: () => undefined,
    onLast: (command) => command.end({ kind: 'exited', status: 0 }),
    start(script, { stdout }) {
      const session = startSession();
      const command = commandOf(session, stdout);
      commands.push(command);
      const fifo = FIFO.exec(script)?.[1];
      if (fifo !== undefined) byFifo.set(fifo, command);
      setImmediate(() => target.onCommand(command, commands.indexOf(command)));
      return Promise.resolve(session.remote);
    },
    startRaw(script, { input, output }) {
      const session = startSession();
      requestSessions.push(session);
      const directory = /^d='?(\S+?)'?$/m.exec(script)?.[1] ?? '';
      const onRequest = (name: string, request: string): void => {
        const reader = byFifo.get(`${directory}/${name}`);
        if (reader === undefined) return;
        if (request === 'q') target.onLast(reader, commands.indexOf(reader));
        else reader.requests.push(request);
      };
      passOn(input, session, {
        onRequest,
        onProbe() {
          if (target.answersProbes) output.write('\n');
        },
      });
      return Promise.resolve(session.remote);
    },
  };
  return target;
}

function commandOf(session: Session, stdout: Writable): ScriptedCommand {
  return {
    requests: [],
    get isRunning() {
      return session.isRunning;
    },
    print: (text) => void stdout.write(Buffer.from(text)),
    reply: (content) =>
      void stdout.write(Buffer.from(`${Buffer.from(content).toString('base64')}.\n`)),
    end: session.end,
    cut() {
      session.connectedSince++;
    },
  };
}

function passOn(
  input: Readable,
  { end }: Session,
  {
    onRequest,
    onProbe,
  }: {
    readonly onRequest: (name: string, request: string) => void;
    readonly onProbe: () => void;
  },
): void {
  const names = new Map<string, string>();
  let rest = '';
  input.on('data', (bytes: Buffer) => {
    const lines = `${rest}${bytes.toString()}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line === 'p') onProbe();
      if (line === 'q') end({ kind: 'exited', status: 0 });
      const [, kind, descriptor = '', text = ''] = LINE.exec(line) ?? [];
      if (kind === 'o') names.set(descriptor, text);
      if (kind === 'a') onRequest(names.get(descriptor) ?? '', text);
    }
  });
}
