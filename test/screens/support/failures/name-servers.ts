import { join } from 'node:path';
import { NOW } from '../fleets.ts';
import type { Scene } from '../scene.ts';

const FIXED_FACTS = join(import.meta.dirname, '..', 'fixed-facts.mjs');

/** For a program in which the name servers answer every question with this error of getaddrinfo(3). */
export function nameServersAnswer(error: string): NonNullable<Scene['env']> {
  return {
    NODE_OPTIONS: `--import ${FIXED_FACTS}`,
    FIXED_TIME: String(NOW.getTime()),
    FIXED_LOOKUP_ERROR: error,
  };
}
