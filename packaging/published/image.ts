import { join } from 'node:path';
import { buildImage, type ImagePlatform } from '../image/image.ts';
import { PRODUCT } from '../product.ts';
import type { Producer } from './publication.ts';

/** The processors, and the programs that need nothing of a system. */
const PLATFORMS: readonly Omit<ImagePlatform, 'archive'>[] = [
  { architecture: 'amd64', target: 'linux-x64-static' },
  { architecture: 'arm64', target: 'linux-arm64-static' },
];

/** The file with the image, below the directory of the version. */
export function imagePath(version: string): string {
  return `${PRODUCT.name}-${version}-oci.tar`;
}

/** A container image of the plain archives with their own libraries, for the processors that a release has them for. */
export const image: Producer = {
  name: 'container image',
  group: 'image',
  async write({ release, directory, listed }) {
    const platforms = PLATFORMS.flatMap((platform) => {
      const archive = `${PRODUCT.name}-${release.version}-${platform.target}.tar.gz`;
      const isListed = listed.some(({ path }) => path === archive);
      return isListed ? [{ ...platform, archive: join(directory, archive) }] : [];
    });
    if (platforms.length === 0) return [];
    const path = imagePath(release.version);
    await buildImage(release, platforms, join(directory, path));
    return [path];
  },
};
