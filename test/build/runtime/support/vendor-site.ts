import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runTool } from '../../../../build/tool.ts';
import type { CleanupScope } from '../../../support/cleanup-scope.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import type { ReleaseKey } from './release-key.ts';

/** A directory with the layout of https://nodejs.org/dist. */
export interface VendorSite {
  readonly directory: string;
  /** Path of a file of the site. */
  readonly path: (name: string) => string;
  /** @returns SHA-256 of a file of the site, in hexadecimal */
  readonly digestOf: (name: string) => string;
  /** Adds a release: a program for each system, its archives, and the signed list of digests. */
  readonly addRelease: (version: string, key: ReleaseKey, systems: readonly string[]) => void;
  readonly write: (name: string, content: string | Buffer) => void;
}

export function createVendorSite(context: CleanupScope): VendorSite {
  const directory = temporaryDirectory(context);
  const path: VendorSite['path'] = (name) => join(directory, name);
  const write: VendorSite['write'] = (name, content) => {
    mkdirSync(dirname(path(name)), { recursive: true });
    writeFileSync(path(name), content);
  };
  const digestOf: VendorSite['digestOf'] = (name) =>
    createHash('sha256')
      .update(readFileSync(path(name)))
      .digest('hex');
  return {
    directory,
    path,
    write,
    digestOf,
    addRelease(version, key, systems) {
      const release = `v${version}`;
      const files = systems.map((system) => {
        if (system.startsWith('win-')) {
          write(`${release}/${system}/node.exe`, `node ${version} for ${system}`);
          return `${system}/node.exe`;
        }
        const top = `node-${release}-${system}`;
        const work = temporaryDirectory(context);
        mkdirSync(join(work, top, 'bin'), { recursive: true });
        writeFileSync(join(work, top, 'bin', 'node'), runtimeScript(version), { mode: 0o755 });
        for (const name of ['LICENSE', 'README.md']) writeFileSync(join(work, top, name), name);
        write(`${release}/${top}.tar.gz`, '');
        runTool(TAR, ['-czf', path(`${release}/${top}.tar.gz`), '-C', work, top]);
        return `${top}.tar.gz`;
      });
      write(`${release}/node-${release}.tar.gz`, 'the source');
      const list = [`node-${release}.tar.gz`, ...files]
        .map((file) => `${digestOf(`${release}/${file}`)}  ${file}\n`)
        .join('');
      write(`${release}/SHASUMS256.txt`, list);
      write(`${release}/SHASUMS256.txt.sig`, key.sign(list));
    },
  };
}

const TAR = { program: 'tar', debianPackage: 'tar' };

/** A runtime that prints its version, and runs everything else in the runtime of the test. */
function runtimeScript(version: string): string {
  return `#!/bin/sh\n[ "$1" = --version ] && { echo v${version}; exit; }\nshift\nexec "${process.execPath}" "$@"\n`;
}
