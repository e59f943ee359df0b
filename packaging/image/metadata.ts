import { PRODUCT } from '../product.ts';
import { vendorOf } from '../publisher.ts';
import type { Release } from '../release.ts';
import type { Descriptor } from './blobs.ts';
import { IMAGE_HOME, IMAGE_PROGRAM, IMAGE_USER } from './root-layer.ts';

/** A layer of an image. */
export interface Layer {
  /** What made it, for people who read the history of the image. */
  readonly made: string;
  /** The digest of its tar file before compression. */
  readonly diffId: string;
  readonly blob: Descriptor;
}

/** What registries show of the image (github.com/opencontainers/image-spec, annotations.md). */
export function imageAnnotations({
  version,
  commit,
  sourceDateEpoch,
  publisher,
}: Release): Readonly<Record<string, string>> {
  return {
    'org.opencontainers.image.title': PRODUCT.name,
    'org.opencontainers.image.description': PRODUCT.shortDescription,
    'org.opencontainers.image.version': version,
    ...(commit === undefined ? {} : { 'org.opencontainers.image.revision': commit }),
    'org.opencontainers.image.created': timeOf(sourceDateEpoch),
    'org.opencontainers.image.licenses': PRODUCT.license,
    'org.opencontainers.image.url': publisher.homepage,
    'org.opencontainers.image.vendor': vendorOf(publisher),
  };
}

/** The name that the image has after a user has loaded it. */
export function imageName({ version }: Release): Readonly<Record<string, string>> {
  const name = `localhost/${PRODUCT.name}:${version}`;
  return { 'org.opencontainers.image.ref.name': name, 'io.containerd.image.name': name };
}

/** How the image is run, and what it consists of (github.com/opencontainers/image-spec, config.md). */
export function imageConfiguration(
  release: Release,
  architecture: string,
  layers: readonly Layer[],
): object {
  const created = timeOf(release.sourceDateEpoch);
  return {
    created,
    author: release.publisher.maintainer,
    architecture,
    os: 'linux',
    config: {
      User: `${IMAGE_USER}:${IMAGE_USER}`,
      // HOME stays the same for a user that `--user` names.
      Env: ['PATH=/usr/local/bin', `HOME=${IMAGE_HOME}`],
      Entrypoint: [IMAGE_PROGRAM],
      WorkingDir: IMAGE_HOME,
      Labels: imageAnnotations(release),
    },
    rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
    history: layers.map(({ made }) => ({ created, created_by: made })),
  };
}

function timeOf(epoch: number): string {
  return new Date(epoch * 1000).toISOString();
}
