import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Faults } from '../test/local-aws/faults.ts';
import type { Transfer } from './floor/floor.ts';
import type { LocalTarget } from './local-target/local-target.ts';
import { sendBytes, type DownOrder, type PortOrder } from './local-target/port-target.ts';
import { watchUsage } from './process-usage.ts';
import { BUNDLE, startWithPipes, type Command, type ProgramSettings } from './program.ts';

const TARGET = 'i-0123456789abcdef0';

/** A local port that the built program forwards, ready for connections. */
export interface Forward {
  readonly processId: number;
  /** Connects through it and sends the line of an order. */
  open(order: PortOrder): Promise<Socket>;
  /** Receives this many bytes on a new connection. */
  download(bytes: number, order?: DownOrder): Promise<Transfer>;
  /** Sends this many bytes on a new connection; `warmSeconds` is the time without the warm-up. */
  upload(bytes: number): Promise<Transfer & { readonly warmSeconds: number }>;
  /** Ends its sessions; resolves when the program has ended. */
  stop(): Promise<void>;
}

/** How a session is started. */
export interface ForwardOptions {
  /** The port of the target. */
  readonly port: number;
  readonly settings: ProgramSettings;
  /** Where the program connects to in place of the local target's own port. */
  readonly gatewayPort?: number;
  /** Faults between the gateway and the agent. */
  readonly faults?: Faults;
  /** Whether the agent keeps its pace; by default it does not. */
  readonly pacing?: boolean;
  /** How the program is started; by default as the bundle. */
  readonly command?: Command;
}

/** Starts a session that forwards a local port. */
export async function startForward(target: LocalTarget, options: ForwardOptions): Promise<Forward> {
  const args = await target.start(
    {
      Target: 'mi-bench',
      DocumentName: 'AWS-StartPortForwardingSession',
      Parameters: { portNumber: [String(options.port)], localPortNumber: ['0'] },
    },
    { agent: { pacing: options.pacing ?? false }, faults: options.faults ?? {} },
  );
  const gateway = `127.0.0.1:${options.gatewayPort ?? target.port}`;
  const program = startWithPipes(
    args.map((argument) => argument.replace(`ws://127.0.0.1:${target.port}`, `ws://${gateway}`)),
    options.settings,
    options.command ?? BUNDLE,
  );
  return throughPort(program, await openedPort(program));
}

/**
 * Starts the command `forward` to a port of the target.
 *
 * @param sessions - of the port; all are up when this resolves
 */
export async function startForwardCommand(
  target: LocalTarget,
  port: number,
  { sessions = 1, options = [] }: { sessions?: number; options?: readonly string[] },
): Promise<Forward> {
  const program = startWithPipes(
    ['forward', TARGET, '--json', '--sessions', String(sessions), ...options, `0:${port}`],
    { AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL: `http://127.0.0.1:${target.port}` },
  );
  return throughPort(program, await listeningPort(program.stdout, sessions));
}

function throughPort(program: ChildProcess, localPort: number): Forward {
  const processId = program.pid ?? 0;
  const open = async (order: PortOrder): Promise<Socket> => {
    const socket = connect(localPort, '127.0.0.1');
    await once(socket, 'connect');
    socket.write(`${order}\n`);
    return socket;
  };
  return {
    processId,
    open,
    async download(bytes, order = 'down') {
      const usage = watchUsage(processId);
      const start = performance.now();
      const socket = await open(`${order} ${bytes}`);
      let received = 0;
      await new Promise<void>((resolve, reject) => {
        socket.on('data', (chunk) => {
          received += chunk.length;
          if (received >= bytes) resolve();
        });
        socket.once('error', reject);
        socket.once('close', () => reject(new Error(`only ${received} of ${bytes} bytes came`)));
      });
      const seconds = (performance.now() - start) / 1000;
      socket.destroy();
      return { bytes, seconds, client: usage() };
    },
    async upload(bytes) {
      const usage = watchUsage(processId);
      const start = performance.now();
      const socket = await open(`up ${bytes}`);
      const answered = once(socket, 'data');
      sendBytes(socket, bytes);
      const [answer] = (await answered) as [Buffer];
      const seconds = (performance.now() - start) / 1000;
      socket.destroy();
      return { bytes, seconds, client: usage(), warmSeconds: Number(answer.toString()) };
    },
    async stop() {
      const ended = once(program, 'exit');
      program.kill('SIGTERM');
      await ended;
    },
  };
}

function openedPort(
  program: ChildProcess & { readonly stdout: NodeJS.ReadableStream },
): Promise<number> {
  return new Promise((resolve, reject) => {
    let text = '';
    program.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const port = /^Port (\d+) opened/m.exec(text)?.[1];
      if (port !== undefined) resolve(Number(port));
    });
    program.once('exit', () => reject(new Error(`no port was opened: ${text.trim()}`)));
  });
}

/** The local port, once all sessions take connections. */
function listeningPort(stdout: NodeJS.ReadableStream, sessions: number): Promise<number> {
  return new Promise((resolve, reject) => {
    let text = '';
    stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const port = /"event":"listening".*"local":\{"address":"[^"]+","port":(\d+)\}/.exec(
        text,
      )?.[1];
      const areUp = sessions === 1 || text.includes(`"up":${sessions},`);
      if (port !== undefined && areUp) resolve(Number(port));
    });
    stdout.once('end', () => reject(new Error(`not all sessions are up: ${text.trim()}`)));
  });
}
