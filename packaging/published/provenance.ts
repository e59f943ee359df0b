import { writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { readRecord, RECORD_FILE } from '../../build/debian/packages-record.ts';
import { readShippedLibraries } from '../../build/program.ts';
import { readBundledPackages } from '../../build/materials.ts';
import { runtimeOrigin } from '../../build/runtime/runtime.mjs';
import { ROOT } from '../../build/runtime/setup.mjs';
import { BINARY_TARGETS, nativeTarget } from '../../build/targets.ts';
import { provenanceOf } from '../provenance/provenance.ts';
import type { Producer } from './publication.ts';
import { sha256OfFile } from '../../build/runtime/sha256-of-file.mjs';

const PROVENANCE = 'provenance.intoto.json';

/** How the files before it were made. It is not signed itself: its digest is in the signed SHA256SUMS. */
export const provenance: Producer = {
  name: 'provenance',
  write(publication) {
    const { directory, targets, listed } = publication;
    const statement = provenanceOf(publication, {
      lockDigest: sha256OfFile(join(ROOT, 'package-lock.json')),
      bundled: readBundledPackages(),
      runtimes: targets.flatMap((name) => {
        const target = nativeTarget(name);
        return target === undefined ? [] : [runtimeOrigin(target.runtime)];
      }),
      debian: listed
        .filter(({ path }) => basename(path) === RECORD_FILE)
        .flatMap(({ path }) => readRecord(dirname(join(directory, path))).packages),
      libraries: BINARY_TARGETS.filter(({ name }) => targets.includes(name)).flatMap(
        (target) => readShippedLibraries(target).packages,
      ),
    });
    writeFileSync(join(directory, PROVENANCE), `${JSON.stringify(statement, undefined, 2)}\n`);
    return [PROVENANCE];
  },
};
