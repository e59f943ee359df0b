import { connectionFailures } from '../../failures/connections.ts';
import { printable } from '../../lib/printable.ts';
import type { Connection } from '../connections/connection.ts';
import { CommandError } from '../framework/command-context.ts';
import { isValueError } from '../framework/usage/value-error.ts';
import { parseReverse, reverseForward } from './parse-reverse.ts';
import { parseForward, sharedLocalEnd, type Forward } from './parse-forward.ts';

/** How a port of the target begins that is forwarded to this machine. */
const REVERSE_OPTION = '-R ';

/**
 * Reads the ports of a connection as if they were typed.
 *
 * @throws CommandError that names the file and the line
 */
export function readPorts(
  connection: Pick<Connection, 'name' | 'path' | 'forward' | 'forwardLine'>,
): readonly Forward[] {
  let forwards: readonly Forward[] = [];
  for (const text of connection.forward) {
    try {
      forwards = text.startsWith(REVERSE_OPTION)
        ? [
            ...forwards,
            ...parseReverse(text.slice(REVERSE_OPTION.length)).map((one) => reverseForward(one)),
          ]
        : parseForward(text, forwards);
    } catch (error) {
      if (!isValueError(error)) throw error;
      throw invalid(connection, `contains "${text}", which is no port`, error.hints.join(' '));
    }
  }
  const twice = sharedLocalEnd(forwards);
  if (twice === undefined) return forwards;
  throw invalid(connection, `uses the ${twice.what} twice`, twice.remedy);
}

function invalid(
  { name, path, forwardLine }: Pick<Connection, 'name' | 'path' | 'forwardLine'>,
  problem: string,
  remedy: string,
): CommandError {
  const failure = connectionFailures['connections-invalid'];
  const what = printable(`"forward" of "${name}" ${problem}`);
  return new CommandError(failure(printable(path), String(forwardLine), what, remedy));
}
