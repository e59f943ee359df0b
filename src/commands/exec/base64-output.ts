import { PayloadType } from '../../protocol/payload-type.ts';
import type { OutputFilter } from '../../session/shell/output-filter.ts';
import { ENCODED_END } from './command-line.ts';

const NOTHING = Buffer.alloc(0);
/** Characters that encode three bytes (RFC 4648). */
const GROUP = 4;

/** Stdout of a command that the target encodes. */
export interface EncodedOutput {
  readonly filter: OutputFilter;
  /** `cut-off`: it began, and its end has not come. */
  readonly state: 'not-begun' | 'cut-off' | 'whole';
}

/**
 * Decodes stdout, which the target has encoded as base64, wherever it is cut and its lines are broken, up to the mark of its
 * end.
 *
 * @param filter - comes first, and removes what the agent has added
 */
export function decodeStdout(filter: OutputFilter): EncodedOutput {
  let kept = '';
  let state: EncodedOutput['state'] = 'not-begun';
  const decode = (text: string): Buffer => {
    if (state === 'whole' || text === '') return NOTHING;
    const end = text.indexOf(ENCODED_END);
    state = end === -1 ? 'cut-off' : 'whole';
    const all = kept + (end === -1 ? text : text.slice(0, end)).replace(/\s+/g, '');
    const length = state === 'whole' ? all.length : all.length - (all.length % GROUP);
    kept = all.slice(length);
    return Buffer.from(all.slice(0, length), 'base64');
  };
  return {
    filter: {
      take(payloadType, payload) {
        const taken = filter.take(payloadType, payload);
        return payloadType === PayloadType.Output ? decode(taken.toString('latin1')) : taken;
      },
      // A part of a group is a part of an output that is cut off.
      rest: () => decode(filter.rest().toString('latin1')),
      get exitStatus() {
        return filter.exitStatus;
      },
    },
    get state() {
      return state;
    },
  };
}
