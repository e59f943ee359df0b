import { randomHex } from '../../../cli/framework/random-hex.ts';
import { limitCopyMemory } from '../../../cli/remote/collect-copied.ts';
import type { Remote } from '../../../cli/remote/remote.ts';
import type { RemoteTools } from '../../../cli/remote/remote-tools.ts';
import { startRawCommand } from '../../../cli/remote/start-raw-command.ts';
import type { UploadHost } from './run-upload.ts';
import { receiverScript } from './target/receiver.ts';

/** Bytes of the random part of a temporary name: two copies to one place never share it. */
const UPLOAD_NAME_BYTES = 6;

/** What a copy to a target works with. */
export function targetHost(remote: Remote, tools: RemoteTools, sudo: boolean): UploadHost {
  const { sha256, readsFullBlocks } = tools;
  const { clock, random } = remote.context;
  const script = receiverScript({ sudo, tools: { sha256: sha256 ?? 'false', readsFullBlocks } });
  return {
    // Its own signal: cleanup needs a session after the user has stopped the copy.
    start: (signal) => (streams) =>
      startRawCommand({ ...remote, stopped: signal }, script, streams),
    clock,
    name: randomHex(random, UPLOAD_NAME_BYTES),
    canHash: sha256 !== undefined,
    freeSent: limitCopyMemory(),
  };
}
