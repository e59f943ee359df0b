import {
  isConnectionName,
  NAME_RULE,
  type NewConnection,
} from '../../cli/connections/connection.ts';
import { CommandError, type CommandContext } from '../../cli/framework/command-context.ts';
import { shown } from '../../cli/framework/usage/usage-words.ts';
import { ValueError } from '../../cli/framework/usage/value-error.ts';
import { commandFailures } from '../../failures/commands.ts';
import { printable } from '../../lib/printable.ts';
import { parseForward, type Forward } from '../../cli/ports/parse-forward.ts';

/**
 * Reads the name of a new connection.
 *
 * @throws ValueError
 */
export function parseName(text: string): string {
  if (isConnectionName(text)) return text;
  throw new ValueError([`${NAME_RULE}.`], () => `"${shown(text)}" cannot name a connection.`);
}

/** Ports as they were typed, and what they mean. */
export interface TypedPorts {
  readonly texts: readonly string[];
  readonly forwards: readonly Forward[];
}

/**
 * Reads a port as `forward` does, and keeps its text.
 *
 * @param before - those of the arguments before it
 * @throws ValueError
 */
export function parseTypedPort(text: string, before: TypedPorts | undefined): TypedPorts {
  const { texts = [], forwards = [] } = before ?? {};
  return { texts: [...texts, text], forwards: parseForward(text, forwards) };
}

/** Adds a connection, in the account that its options name. */
export async function addNamed(
  { connections, options, output }: CommandContext,
  { name, target, forward, onDemand, idle }: Omit<NewConnection, 'profile' | 'region'>,
): Promise<void> {
  if (target === '') throw new CommandError(commandFailures['target-empty']());
  const { userFile: path } = connections;
  const { profile, region } = options;
  await connections.add({ name, target, profile, region, forward, onDemand, idle });
  output.notify(printable(`Added ${name} to ${path}.`));
  const nearest = (await connections.files()).find((file) =>
    file.connections.some((one) => one.name === name),
  );
  if (nearest === undefined || nearest.path === path) return;
  output.notify(printable(`Here, ${nearest.path} defines ${name}, too, and that one applies.`));
}
