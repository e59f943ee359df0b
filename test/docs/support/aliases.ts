import { once } from 'node:events';
import { createServer } from 'node:net';
import { randomInt } from 'node:crypto';

/**
 * What a guide names, and what stands for it on this machine: a port that may be taken here, a host
 * that is nowhere.
 */
export interface Aliases {
  /** A text of a guide as this machine understands it. */
  real(text: string): string;
  /** A text of this machine as the guides write it. */
  documented(text: string): string;
  /** From now on one replaces the other. */
  add(documented: string, real: string): void;
}

/** Local ports of the guides. The user who runs the tests may use them, or run several tests at once. */
const LOCAL_PORTS = ['8080', '8443', '5432', '6379'];
/** As many digits as the ports have; the system never chooses one of these. */
const [LOWEST, HIGHEST] = [2000, 9999];

/** Replaces the ports of the guides; everything else must be added. */
export async function createAliases(): Promise<Aliases> {
  const toReal = new Map<string, string>();
  const toDocumented = new Map<string, string>();
  const add = (documented: string, real: string): void => {
    toReal.set(documented, real);
    toDocumented.set(real, documented);
  };
  for (const port of LOCAL_PORTS) add(port, await freePort(toDocumented));
  return {
    real: (text) => replaceNames(text, toReal),
    documented: (text) => replaceNames(text, toDocumented),
    add,
  };
}

function replaceNames(text: string, table: ReadonlyMap<string, string>): string {
  const names = [...table.keys()].map((name) => name.replace(/[.?*+$(){}]/g, '\\$&'));
  const pattern = new RegExp(`(?<![\\w.-])(?:${names.join('|')})(?![\\w-]|\\.\\d)`, 'g');
  return text.replace(pattern, (name) => table.get(name) ?? name);
}

/** A port without a listener, at either address of `localhost`. */
async function freePort(taken: ReadonlyMap<string, string>): Promise<string> {
  for (;;) {
    const port = randomInt(LOWEST, HIGHEST);
    if (taken.has(String(port))) continue;
    if ((await isFree(port, '127.0.0.1')) && (await isFree(port, '::1'))) return String(port);
  }
}

async function isFree(port: number, host: string): Promise<boolean> {
  const server = createServer().listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    // A machine without IPv6 has no listener there.
    return error instanceof Error && 'code' in error && error.code === 'EADDRNOTAVAIL';
  }
  server.close();
  await once(server, 'close');
  return true;
}
