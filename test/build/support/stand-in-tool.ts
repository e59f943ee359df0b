import { chmodSync, copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { TestContext } from 'node:test';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

/** A program that replaces a tool that this system lacks. */
export interface StandInTool {
  /** What it was called with, one call a list. */
  calls(): readonly (readonly string[])[];
  /** The content of the property list that the last call named, as it was then. */
  entitlements(): string;
}

/** Records its arguments and the entitlements, and writes the file that its last argument names. */
const SCRIPT = `#!/bin/sh
here=\${0%/*}
printf '%s\\0' "$@" >>"$here/calls"
printf '\\n' >>"$here/calls"
for argument; do
  case $argument in
    *.plist) cp "\${argument#@main:}" "$here/entitlements" ;;
  esac
done
cp "$here/result" "$argument"
`;

/**
 * Puts a replacement for a tool first on PATH until the test ends.
 *
 * @param result - path of the file that the tool writes for every input
 */
export function standInTool(t: TestContext, name: string, result: string): StandInTool {
  const directory = temporaryDirectory(t);
  writeFileSync(join(directory, name), SCRIPT);
  chmodSync(join(directory, name), 0o755);
  copyFileSync(result, join(directory, 'result'));
  setPath(t, `${directory}${delimiter}${process.env['PATH'] ?? ''}`);
  const calls = join(directory, 'calls');
  return {
    calls: () =>
      existsSync(calls)
        ? readFileSync(calls, 'utf8')
            .split('\0\n')
            .slice(0, -1)
            .map((call) => call.split('\0'))
        : [],
    entitlements: () => readFileSync(join(directory, 'entitlements'), 'utf8'),
  };
}

/** Leaves no program on PATH until the test ends. */
export function withoutTools(t: TestContext): void {
  setPath(t, temporaryDirectory(t));
}

function setPath(t: TestContext, path: string): void {
  const before = process.env['PATH'] ?? '';
  process.env['PATH'] = path;
  t.after(() => {
    process.env['PATH'] = before;
  });
}
