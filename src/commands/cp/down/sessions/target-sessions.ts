import type { Readable, Writable } from 'node:stream';
import type { RemoteCommand } from '../../../../cli/remote/remote.ts';

/** Sessions on the target of a copy (`src/cli/remote/`). */
export interface TargetSessions {
  /** Runs a script without input, whose outputs stay apart. */
  start(
    script: string,
    streams: { readonly stdout: Writable; readonly stderr: Writable },
  ): Promise<RemoteCommand>;
  /** Runs a script that gets input byte for byte. */
  startRaw(
    script: string,
    streams: { readonly input: Readable; readonly output: Writable },
  ): Promise<RemoteCommand>;
}
