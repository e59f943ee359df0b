import { readFileSync } from 'node:fs';
import { readLoadCommands } from '../../build/mach-o/load-commands.ts';

/**
 * The macOS that programs need at least, such as `13.5`.
 *
 * @param programs - paths of Mach-O files
 * @returns undefined for no programs
 * @throws MachOError when a file is not Mach-O
 */
export function minimumSystemOf(programs: readonly string[]): string | undefined {
  const versions = programs.map(
    (path) => readLoadCommands(readFileSync(path)).buildVersion?.minimumSystem ?? 0,
  );
  return versions.length === 0 ? undefined : dottedVersion(Math.max(...versions));
}

/** @param version - 16 bits major, 8 minor, 8 patch */
export function dottedVersion(version: number): string {
  const patch = version & 0xff;
  const system = `${version >>> 16}.${(version >>> 8) & 0xff}`;
  return patch === 0 ? system : `${system}.${patch}`;
}
