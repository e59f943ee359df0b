import { billOfMaterialsProducer } from './bill-of-materials.ts';
import { debianRecords } from './debian-records.ts';
import { image } from './image.ts';
import { installers } from './installers.ts';
import { manifests } from './manifests.ts';
import { npmPackage } from './npm.ts';
import { packages } from './packages.ts';
import { provenance } from './provenance.ts';
import type { Producer } from './publication.ts';
import { runtimeRecord } from './runtime-record.ts';
import { versionFile } from './version-file.ts';

/**
 * Everything that is published and listed in SHA256SUMS, in this order. A producer can read the files of those before it.
 */
export const PRODUCERS: readonly Producer[] = [
  packages,
  npmPackage,
  debianRecords,
  versionFile,
  billOfMaterialsProducer,
  runtimeRecord,
  image,
  manifests,
  installers,
  // Last, because it names all files.
  provenance,
];
