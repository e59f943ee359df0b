import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  readBundledPackages,
  readDebianManifest,
  readRuntimeParts,
} from '../../build/materials.ts';
import { readShippedLibraries } from '../../build/program.ts';
import { nsisVersion } from '../../build/windows/makensis.ts';
import { pinFor } from '../../build/runtime/pins.mjs';
import { runtimeOrigin } from '../../build/runtime/runtime.mjs';
import {
  BINARY_TARGETS,
  hasOwnLibraries,
  isWindows,
  nativeTarget,
  type TargetName,
} from '../../build/targets.ts';
import { billOfMaterials, type Materials } from '../bill-of-materials/bill-of-materials.ts';
import type { Producer } from './publication.ts';

const BILL_OF_MATERIALS = 'sbom.cdx.json';

/** What all packages consist of. */
export const billOfMaterialsProducer: Producer = {
  name: 'bill of materials',
  write({ release, directory, targets }) {
    writeFileSync(join(directory, BILL_OF_MATERIALS), billOfMaterials(release, materials(targets)));
    return [BILL_OF_MATERIALS];
  },
};

function materials(targets: readonly TargetName[]): Materials {
  const binaries = BINARY_TARGETS.filter(({ name }) => targets.includes(name));
  const natives = targets.flatMap((name) => nativeTarget(name)?.runtime ?? []);
  return {
    bundled: readBundledPackages(),
    nsis: [...new Set(targets.filter(isWindows).map(nsisVersion))],
    libraries: binaries.flatMap((target) => readShippedLibraries(target).packages),
    runtimes: [...new Set(natives)].map((runtime) => {
      const { package: name, version, integrity = '' } = pinFor(runtime);
      const origin = runtimeOrigin(runtime);
      const vendor = origin.kind === 'vendor' ? origin : undefined;
      return { name, version, integrity, vendor, parts: readRuntimeParts(runtime) };
    }),
    ownLibraries: targets
      .filter(hasOwnLibraries)
      .map((name) => ({ ...readDebianManifest(name), target: name })),
  };
}
