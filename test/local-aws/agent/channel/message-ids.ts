import { randomFillSync } from 'node:crypto';
import { messageIdFromRandom } from '../../../../src/protocol/message-id.ts';

const ID_BYTES = 16;
const POOL_BYTES = 1024 * ID_BYTES;

/** Makes identifiers from random bytes fetched for a thousand of them at a time. */
export function createMessageIds(): () => Buffer {
  let pool = Buffer.alloc(0);
  let offset = 0;
  return () => {
    if (offset === pool.length) {
      pool = randomFillSync(Buffer.allocUnsafe(POOL_BYTES));
      offset = 0;
    }
    offset += ID_BYTES;
    return messageIdFromRandom(pool.subarray(offset - ID_BYTES, offset));
  };
}
