// A process that uses many young objects, and prints the median of the bytes of its young generation: pages that a
// thread of the runtime has still to free count, too, and are many on a busy machine.
// Argument: `kept` or `as-usual`.

import { getHeapSpaceStatistics } from 'node:v8';
import { keepYoungGeneration } from '../../../../src/cli/remote/collect-copied.ts';

/** This many are in use at the same time: some megabytes. */
const USED_OBJECTS = 20_000;
const OBJECTS = 2_000_000;
const OBJECTS_BETWEEN_LOOKS = 10_000;

if (process.argv[2] === 'kept') keepYoungGeneration();
const used: unknown[] = [];
const sizes: number[] = [];
for (let made = 0; made < OBJECTS; made++) {
  used[made % USED_OBJECTS] = { made, pair: [made, made + 1], text: `object ${made}` };
  if (made % OBJECTS_BETWEEN_LOOKS > 0) continue;
  const young = getHeapSpaceStatistics().find((space) => space.space_name === 'new_space');
  sizes.push(young?.space_size ?? Infinity);
}
sizes.sort((a, b) => a - b);
process.stdout.write(`${sizes[sizes.length >> 1] ?? Infinity}\n`);
