import { parseArgs } from 'node:util';
import type { DirectionFaults, Faults, LocalAwsOptions } from './local-aws.ts';

/** A command line that cannot be parsed; the message gives the reason. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The help: what the options mean. */
export const USAGE = `Usage: npm run local-aws -- [OPTION...]

A Systems Manager service with one target on this machine: real shells, real connections, no AWS.

  --port NUMBER            port of the endpoint (default: the system chooses)
  --shell FILE             shell of the target (default: /bin/sh)
  --agent-version VERSION  version that the agent reports (default: 3.3.0.0)
  --no-pacing              read from ports without the agent's pauses
  --separate-output        commands have separate standard error and exit status

Faults of the network, in both directions; probabilities are from 0 to 1:

  --delay MILLISECONDS     for each direction
  --loss PROBABILITY
  --duplication PROBABILITY
  --reordering PROBABILITY
  --garbage PROBABILITY    random bytes before a frame
  --truncation PROBABILITY a copy that ends early, before a frame
  --wrong-digest PROBABILITY
                           a copy with another payload, before a frame
  --seed NUMBER            the same seed gives the same faults (default: 1)

  --help
`;

/** What the command is asked to do. */
export type CommandLine =
  { readonly kind: 'help' } | { readonly kind: 'run'; readonly options: LocalAwsOptions };

/** Reads the arguments of the command; throws {@link UsageError}. */
export function readCommandLine(args: readonly string[]): CommandLine {
  const values = parse(args);
  if (values.help === true) return { kind: 'help' };
  const number = (name: string, text: string | undefined): number | undefined => {
    if (text === undefined) return undefined;
    const value = Number(text);
    if (text.trim() === '' || !(value >= 0)) throw new UsageError(`--${name} ${text}: no number`);
    return value;
  };
  const probability = (name: string, text: string | undefined): number | undefined => {
    const value = number(name, text);
    if (value !== undefined && value > 1) throw new UsageError(`--${name} ${value}: more than 1`);
    return value;
  };
  const direction: DirectionFaults = defined({
    delay: number('delay', values.delay),
    loss: probability('loss', values.loss),
    duplication: probability('duplication', values.duplication),
    reordering: probability('reordering', values.reordering),
    garbage: probability('garbage', values.garbage),
    truncation: probability('truncation', values.truncation),
    wrongDigest: probability('wrong-digest', values['wrong-digest']),
  });
  const faulty = Object.keys(direction).length > 0;
  const faults: Faults = defined({
    seed: number('seed', values.seed),
    toClient: faulty ? direction : undefined,
    toAgent: faulty ? direction : undefined,
  });
  return {
    kind: 'run',
    options: defined({
      port: number('port', values.port),
      sessions: {
        faults,
        agent: defined({
          version: values['agent-version'],
          shell: values.shell,
          pacing: values.pacing,
          separateOutputStream: values['separate-output'],
        }),
      },
    }),
  };
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    return parseArgs({
      args: [...args],
      allowNegative: true,
      options: {
        help: flag,
        port: text,
        shell: text,
        'agent-version': text,
        pacing: flag,
        'separate-output': flag,
        delay: text,
        loss: text,
        duplication: text,
        reordering: text,
        garbage: text,
        truncation: text,
        'wrong-digest': text,
        seed: text,
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** The object without members that are undefined. */
function defined<Members extends object>(
  members: Members,
): { [Name in keyof Members]?: Exclude<Members[Name], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    [Name in keyof Members]?: Exclude<Members[Name], undefined>;
  };
}
