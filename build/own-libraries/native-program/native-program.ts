import { join } from 'node:path';
import { LAUNCHER, type OwnProgram } from '../own-libraries.ts';
import type { NativeArchitecture } from './architectures.ts';
import { writeLauncher } from './launcher.ts';

/** Its name in `lib/`, which the launchers contain. */
const NAME = 'session-manager-plugin';

/**
 * A native binary that runs from any directory, on every Linux with `/proc`, whatever libc that has.
 *
 * @param binary - its path
 */
export function nativeProgram(binary: string, architecture: NativeArchitecture): OwnProgram {
  return {
    name: NAME,
    executable: () => binary,
    complete: ({ directory }) => {
      writeLauncher(architecture, join(directory, LAUNCHER));
    },
  };
}
