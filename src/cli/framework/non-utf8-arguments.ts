import { commandFailures } from '../../failures/commands.ts';
import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { CommandError } from './command-context.ts';

/** What the runtime puts in place of bytes that are not UTF-8: they are lost. */
const REPLACEMENT = '\ufffd';
const SEPARATOR = '--';

/**
 * Refuses arguments that the runtime could not decode: other bytes than those typed would reach the target.
 *
 * @param args - as the runtime has decoded them
 * @param readRaw - the bytes of the whole command line, where the system has them
 * @throws CommandError that names the first by its position
 */
export function checkUtf8(
  args: readonly string[],
  readRaw: () => readonly Buffer[] | undefined,
): void {
  if (!args.some((arg) => arg.includes(REPLACEMENT))) return;
  // The names of the runtime and the program come before the arguments.
  const raw = readRaw()?.slice(-args.length);
  const index = args.findIndex((arg, i) => {
    if (!arg.includes(REPLACEMENT)) return false;
    const bytes = raw?.[i];
    return bytes === undefined || !isUtf8(bytes);
  });
  if (index === -1) return;
  const separator = args.indexOf(SEPARATOR);
  const isWord = separator !== -1 && index > separator;
  const which = isWord ? `Word ${index - separator} after --` : `Argument ${index + 1}`;
  const byShell =
    ', or have the shell of the target make the bytes, as in exec TARGET -- \'echo "$(printf "\\351")"\'';
  throw new CommandError(
    commandFailures['argument-not-utf8'](which, `Write it in UTF-8${isWord ? byShell : ''}`),
  );
}

/**
 * The bytes of operands, for commands that take names of files, which need not be UTF-8.
 *
 * @param operands - as the runtime has decoded them, in their order
 * @param readRaw - the bytes of the whole command line, where the system has them
 * @returns undefined for each operand whose bytes are not known: the system does not have them, or another argument
 *   looks like it
 */
export function operandBytes(
  operands: readonly string[],
  readRaw: () => readonly Buffer[] | undefined,
): readonly (Buffer | undefined)[] {
  if (!operands.some((operand) => operand.includes(REPLACEMENT))) {
    return operands.map((operand) => Buffer.from(operand));
  }
  const raw = readRaw() ?? [];
  return operands.map((operand, position) => {
    if (!operand.includes(REPLACEMENT)) return Buffer.from(operand);
    const candidates = raw.filter((bytes) => bytes.toString() === operand);
    const [first] = candidates;
    if (first !== undefined && candidates.every((bytes) => bytes.equals(first))) return first;
    const alike = operands.flatMap((other, i) => (other === operand ? [i] : []));
    return alike.length === candidates.length ? candidates[alike.indexOf(position)] : undefined;
  });
}

/** The command line of this process in bytes; undefined where the system does not have it. */
export function readRawArguments(platform: NodeJS.Platform): readonly Buffer[] | undefined {
  if (platform !== 'linux') return undefined;
  let line: Buffer;
  try {
    line = readFileSync('/proc/self/cmdline');
  } catch {
    return undefined;
  }
  const words: Buffer[] = [];
  // Each word ends with a zero (proc(5)).
  for (let start = 0; start < line.length;) {
    const end = line.indexOf(0, start);
    words.push(line.subarray(start, end === -1 ? line.length : end));
    start = end === -1 ? line.length : end + 1;
  }
  return words;
}
