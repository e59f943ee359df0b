import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readRuntimeRecord, RUNTIME_RECORD } from '../runtime-age/runtime-record.ts';
import type { Producer } from './publication.ts';

/** The Node.js of each target, and which security release it lacks. */
export const runtimeRecord: Producer = {
  name: 'record of runtimes',
  write({ directory, targets, accepted }) {
    writeFileSync(join(directory, RUNTIME_RECORD), readRuntimeRecord(targets, accepted));
    return [RUNTIME_RECORD];
  },
};
