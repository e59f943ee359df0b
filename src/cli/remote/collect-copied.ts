import { createCollector, type CollectGarbage } from '../../socket/received-garbage.ts';

/**
 * Collects the memory of blocks that a copy has received and written. They reach the old generation, and the
 * runtime collects that only after 64 MiB of them (measured with Node.js 26.12.1).
 */
export function createCopyCollector(): CollectGarbage {
  return createCollector('major');
}
