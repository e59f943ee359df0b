import type { CommandContext } from '../../cli/framework/command-context.ts';
import { runChild } from '../../cli/process/run-child.ts';
import { bufferUntilHandled } from '../../cli/process/signals/process-signals.ts';
import type { SessionSignal } from '../../session/session-type.ts';
import { localPathOf, remotePathOf, reverseText } from '../../cli/ports/forward.ts';
import type { ForwardedPort } from '../../cli/ports/forwarded-port.ts';

/** A program that runs beside the forwarding. */
export interface BesideProgram {
  /** Its name and its arguments. */
  readonly command: readonly string[];
  /** Of its environment, beside those of the user; undefined removes one. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** What it reads from stdin; undefined for the stdin of this program. */
  readonly input?: Buffer | undefined;
}

/** Makes it of the ports, once all of them listen. */
export type ProgramOfPorts = (
  ports: readonly Pick<ForwardedPort, 'forward' | 'local'>[],
) => BesideProgram | Promise<BesideProgram>;

/** A command of the user, which learns the ports from its environment. */
export function withPortVariables(command: readonly string[]): ProgramOfPorts {
  return (ports) => ({ command, variables: portVariables(ports) });
}

/** The signals while a program runs beside the forwarding: they are meant for the program, which ends both. */
export interface ChildSignals {
  /** Takes a signal if the program runs. */
  readonly takes: (signal: SessionSignal) => boolean;
  /**
   * Runs the program to its end.
   *
   * @returns its exit status, or 128 and the number of the signal that has ended it
   * @throws CommandError when it cannot be started
   */
  run(context: CommandContext, program: BesideProgram): Promise<number>;
}

/**
 * No program runs yet.
 *
 * @param env - of the program: that of the user, before the first session changes it
 */
export function createChildSignals(env: CommandContext['env']): ChildSignals {
  const own = { ...env };
  let pass: ((signal: SessionSignal) => void) | undefined;
  return {
    takes(signal) {
      pass?.(signal);
      return pass !== undefined;
    },
    async run(context, { command, variables, input }) {
      const signals = bufferUntilHandled((handler) => {
        pass = handler;
        return () => undefined;
      });
      const stopWaits = context.waits.divert(() => undefined);
      const { platform, terminal } = context;
      const env = { ...own, ...variables };
      const getsKeys = (): Promise<boolean> => terminal.sendsSignals();
      try {
        return await runChild({ command, env, platform, signals, getsKeys, input });
      } finally {
        pass = undefined;
        stopWaits();
      }
    },
  };
}

/**
 * The variables with the local ports for a program: `PORT_1` for the first, and for each its name,
 * such as `PORT_DB_INTERNAL_5432`, or `PORT_TARGET_80` for a port of the target itself. For a Unix socket it is
 * `SOCKET_` in place of `PORT_`, and the path.
 */
function portVariables(
  ports: readonly Pick<ForwardedPort, 'forward' | 'local'>[],
): Readonly<Record<string, string>> {
  const variables: Record<string, string> = {};
  for (const [index, { forward, local }] of ports.entries()) {
    const path = localPathOf(forward);
    const kind = path === undefined ? 'PORT' : 'SOCKET';
    const value = path ?? String(local.port);
    const remote =
      reverseText(forward) ??
      remotePathOf(forward) ??
      `${forward.host ?? 'target'}_${forward.port}`;
    variables[`${kind}_${index + 1}`] = value;
    variables[`${kind}_${nameOf(remote)}`] ??= value;
  }
  return variables;
}

/** `/run/app.sock` as `RUN_APP_SOCK`. */
function nameOf(text: string): string {
  return text
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, '_')
    .replace(/^_/, '');
}
