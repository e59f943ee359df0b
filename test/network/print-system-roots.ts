import { readSystemRoots } from '../../src/network/tls/system-roots.ts';

process.stdout.write((await readSystemRoots()).join(''));
