import { readSystemRoots } from '../../src/network/system-roots.ts';

process.stdout.write((await readSystemRoots()).join(''));
