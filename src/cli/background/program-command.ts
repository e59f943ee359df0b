import { isSea } from 'node:sea';

/** The command line that starts this program, up to the name of a command: absolute paths, and options of its runtime. */
export function programCommand(): readonly [string, ...string[]] {
  const { execPath, execArgv, argv } = process;
  // A launcher that starts Node.js with this program has set the path to its own (build/own-libraries/debian-node/).
  const isOneFile = isSea() || argv[0] !== execPath;
  return isOneFile ? [execPath] : [execPath, ...execArgv, argv[1] ?? ''];
}

/** The file of the program that an upgrade replaces. */
export function programFile(): string {
  return programCommand().at(-1) ?? process.execPath;
}
