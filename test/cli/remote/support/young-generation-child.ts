// A process that uses many young objects, and prints the most bytes of its young generation.
// Argument: `kept` or `as-usual`.

import { getHeapSpaceStatistics } from 'node:v8';
import { keepYoungGeneration } from '../../../../src/cli/remote/collect-copied.ts';

/** This many are in use at the same time: some megabytes. */
const USED_OBJECTS = 20_000;
const OBJECTS = 2_000_000;
const OBJECTS_BETWEEN_LOOKS = 10_000;

if (process.argv[2] === 'kept') keepYoungGeneration();
const used: unknown[] = [];
let most = 0;
for (let made = 0; made < OBJECTS; made++) {
  used[made % USED_OBJECTS] = { made, pair: [made, made + 1], text: `object ${made}` };
  if (made % OBJECTS_BETWEEN_LOOKS > 0) continue;
  const young = getHeapSpaceStatistics().find((space) => space.space_name === 'new_space');
  most = Math.max(most, young?.space_size ?? Infinity);
}
process.stdout.write(`${most}\n`);
