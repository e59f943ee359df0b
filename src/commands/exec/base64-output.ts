import { PayloadType } from '../../protocol/payload-type.ts';
import type { OutputFilter } from '../../session/shell/output-filter.ts';

const NOTHING = Buffer.alloc(0);
/** Characters that encode three bytes (RFC 4648). */
const GROUP = 4;

/**
 * Decodes stdout, which the target has encoded as base64, wherever it is cut and its lines are broken.
 *
 * @param filter - comes first, and removes what the agent has added
 */
export function decodeStdout(filter: OutputFilter): OutputFilter {
  let kept = '';
  const decode = (text: string, isLast: boolean): Buffer => {
    const all = kept + text.replace(/\s+/g, '');
    const length = isLast ? all.length : all.length - (all.length % GROUP);
    kept = all.slice(length);
    return Buffer.from(all.slice(0, length), 'base64');
  };
  return {
    take(payloadType, payload) {
      const taken = filter.take(payloadType, payload);
      if (payloadType !== PayloadType.Output) return taken;
      return taken.length === 0 ? NOTHING : decode(taken.toString('latin1'), false);
    },
    rest: () => decode(filter.rest().toString('latin1'), true),
    get exitStatus() {
      return filter.exitStatus;
    },
  };
}
