import { once } from 'node:events';
import type { Readable } from 'node:stream';
import type { RemoteCommand, RemoteEnd } from '../../../../../src/cli/remote/remote.ts';
import type { TargetSessions } from '../../../../../src/commands/cp/down/sessions/target-sessions.ts';
import { createDeferred } from '../../../../../src/lib/deferred.ts';
import { killGroup, spawn, type ChildProcess } from '../../../../support/child-process.ts';
import type { CleanupScope } from '../../../../support/cleanup-scope.ts';
import type { TargetShell } from './target-shells.ts';

/** A command on the target, and what a test can do to its session. */
export interface TestCommand {
  readonly script: string;
  /** Bytes that have reached the program. */
  readonly sentBytes: number;
  /** The agent stops reading the command's output, as it does when the channel is paused. */
  freeze(): void;
  /** The connection is lost and comes back; the agent has stopped reading. */
  cut(): void;
  /** The session ends, as the service ends one. */
  end(error: Error): void;
}

/** Sessions whose agent is this machine: a shell for each. */
export interface ShellTarget extends TargetSessions {
  /** Commands that answer requests, in the order of their start. */
  readonly commands: readonly TestCommand[];
  /** Sessions that pass requests on. */
  readonly requestSessions: readonly TestCommand[];
  /** Called with a command that has begun. */
  onCommand: (command: TestCommand, index: number) => void;
  /** Called after each output of a command that has reached the program. */
  onOutput: (command: TestCommand) => void;
  /** Sessions that have not ended. */
  running(): number;
}

/** Starts nothing yet. All that is started ends with the test. */
export function createShellTarget(scope: CleanupScope, shell: TargetShell): ShellTarget {
  const commands: TestCommand[] = [];
  const requestSessions: TestCommand[] = [];
  let running = 0;

  const start = (script: string, input: Readable | undefined): Started => {
    const child = spawn('sh', ['-c', script], {
      env: shell.env,
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      // Its group can be ended at the end of a test.
      detached: true,
    });
    if (child.stdin !== null) {
      child.stdin.on('error', () => undefined);
      input?.pipe(child.stdin);
    }
    scope.after(() => killGroup(child));
    running++;
    const forced = createDeferred<RemoteEnd>();
    const ended = Promise.race([exitOf(child), forced.promise]).then((end) => {
      // The agent ends the first process only, and closes its end of the pipes.
      child.kill('SIGKILL');
      for (const stream of [child.stdin, child.stdout, child.stderr]) stream?.destroy();
      running--;
      return end;
    });
    const state = { sentBytes: 0, connectedSince: 0 };
    const command: RemoteCommand = {
      get connectedSince() {
        return state.connectedSince;
      },
      ended,
      async stop() {
        forced.resolve({ kind: 'stopped' });
        await ended;
      },
    };
    return { child, command, state, end: forced.resolve };
  };

  const target: ShellTarget = {
    commands,
    requestSessions,
    onCommand: () => undefined,
    onOutput: () => undefined,
    running: () => running,
    start(script, { stdout, stderr }) {
      const started = start(script, undefined);
      const command = controlsOf(script, started);
      started.child.stderr?.pipe(stderr, { end: false });
      started.child.stdout?.on('data', (bytes: Buffer) => {
        started.state.sentBytes += bytes.length;
        stdout.write(bytes);
        target.onOutput(command);
      });
      commands.push(command);
      target.onCommand(command, commands.length - 1);
      return Promise.resolve(started.command);
    },
    startRaw(script, { input, output }) {
      const started = start(script, input);
      started.child.stdout?.pipe(output, { end: false });
      started.child.stderr?.pipe(output, { end: false });
      requestSessions.push(controlsOf(script, started));
      return Promise.resolve(started.command);
    },
  };
  return target;
}

interface Started {
  readonly child: ChildProcess;
  readonly command: RemoteCommand;
  readonly state: { sentBytes: number; connectedSince: number };
  readonly end: (end: RemoteEnd) => void;
}

function controlsOf(script: string, { child, state, end }: Started): TestCommand {
  const freeze = (): void => {
    child.stdout?.removeAllListeners('data').pause();
  };
  return {
    script,
    get sentBytes() {
      return state.sentBytes;
    },
    freeze,
    cut() {
      freeze();
      state.connectedSince++;
    },
    end: (error) => end({ kind: 'lost', error }),
  };
}

async function exitOf(child: ChildProcess): Promise<RemoteEnd> {
  await once(child, 'close');
  return { kind: 'exited', status: child.exitCode ?? -1 };
}
