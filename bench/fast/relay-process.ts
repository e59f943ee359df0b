import { readdirSync, readFileSync } from 'node:fs';

/** How a relay is run, in both of its languages. */
const RELAY = /^(?:\S*\/)?(?:python3|perl)\0-[ce]\0/;

/**
 * The relays that run on a local target (proc(5)).
 *
 * @param targetId - the process of the local target
 */
export function relaysOf(targetId: number): readonly number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    const parent = /^PPid:\s+(\d+)$/m.exec(read(`/proc/${name}/status`))?.[1];
    if (parent !== undefined) parents.set(Number(name), Number(parent));
  }
  const isBelow = (id: number | undefined): boolean =>
    id !== undefined && (id === targetId || isBelow(parents.get(id)));
  return [...parents.keys()].filter((id) => isBelow(id) && RELAY.test(read(`/proc/${id}/cmdline`)));
}

/** A process may have ended meanwhile. */
function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
