import { createReadStream, createWriteStream, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { constants, createGunzip, createGzip } from 'node:zlib';
import type { TargetName } from '../../build/targets.ts';
import { archiveDirectory } from '../archive/archive.ts';
import { writeTar } from '../archive/tar-file.ts';
import type { Release } from '../release.ts';
import {
  digestOf,
  linkBlob,
  makeBlobs,
  moveBlob,
  writeJsonBlob,
  type Descriptor,
} from './blobs.ts';
import { imageAnnotations, imageConfiguration, imageName, type Layer } from './metadata.ts';
import { writeRootLayer, type RootLayer } from './root-layer.ts';

/** A processor that the image is for. */
export interface ImagePlatform {
  /** As images name it (GOARCH of Go). */
  readonly architecture: 'amd64' | 'arm64';
  readonly target: TargetName;
  /** The plain archive of a program that needs no library of the system. */
  readonly archive: string;
}

/** What the index lists for a processor. */
interface PlatformDescriptor extends Descriptor {
  readonly platform: { readonly architecture: string; readonly os: string };
}

const LAYER = 'application/vnd.oci.image.layer.v1.tar+gzip';
const CONFIGURATION = 'application/vnd.oci.image.config.v1+json';
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const INDEX = 'application/vnd.oci.image.index.v1+json';

/** Every user can read the files of the layout, whatever the umask is. */
const READABLE = 'u=rwX,go=rX';

/**
 * Writes a container image for several processors, as a tar file with an image layout of OCI
 * (github.com/opencontainers/image-spec). Its first layer is the plain archive itself, with the digest that is published; the
 * second has what the program needs around it. There is no shell and no system. The same archives give the same bytes.
 *
 * @param output - the file to write, on the file system of the archives
 * @throws ToolError when tar is missing or fails
 */
export async function buildImage(
  release: Release,
  platforms: readonly ImagePlatform[],
  output: string,
): Promise<void> {
  // Beside the output, because blobs are links to the archives.
  const unfinished = `${output}.unfinished`;
  const image = join(unfinished, 'image');
  const work = join(unfinished, 'work');
  rmSync(unfinished, { recursive: true, force: true });
  try {
    makeBlobs(image);
    const manifests: PlatformDescriptor[] = [];
    for (const platform of platforms) {
      const directory = join(work, platform.architecture);
      mkdirSync(directory, { recursive: true });
      manifests.push(await writePlatform(release, platform, image, directory));
    }
    const annotations = imageAnnotations(release);
    const whole = { schemaVersion: 2, mediaType: INDEX, manifests, annotations };
    const named = { ...writeJsonBlob(image, INDEX, whole), annotations: imageName(release) };
    const entry = { schemaVersion: 2, mediaType: INDEX, manifests: [named] };
    writeFileSync(join(image, 'index.json'), JSON.stringify(entry));
    writeFileSync(join(image, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
    const paths = ['blobs', 'index.json', 'oci-layout'];
    const { sourceDateEpoch } = release;
    writeTar(output, { directory: image, paths, sourceDateEpoch, mode: READABLE });
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/** Writes the blobs for one processor. */
async function writePlatform(
  release: Release,
  { architecture, target, archive }: ImagePlatform,
  image: string,
  work: string,
): Promise<PlatformDescriptor> {
  const programDirectory = archiveDirectory(basename(archive));
  const layers: Layer[] = [
    {
      made: `ADD ${basename(archive)} /`,
      diffId: await digestOf(createReadStream(archive), createGunzip()),
      blob: await linkBlob(image, LAYER, archive),
    },
    await writeUpperLayer(release, { target, programDirectory }, image, work),
  ];
  const manifest = {
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: writeJsonBlob(image, CONFIGURATION, imageConfiguration(release, architecture, layers)),
    layers: layers.map(({ blob }) => blob),
    annotations: imageAnnotations(release),
  };
  const descriptor = writeJsonBlob(image, MANIFEST, manifest);
  return { ...descriptor, platform: { architecture, os: 'linux' } };
}

async function writeUpperLayer(
  release: Release,
  contents: RootLayer,
  image: string,
  work: string,
): Promise<Layer> {
  const plain = join(work, 'layer.tar');
  const packed = `${plain}.gz`;
  const root = join(work, 'root');
  mkdirSync(root);
  writeRootLayer(release, contents, plain, root);
  const diffId = await digestOf(createReadStream(plain));
  const gzip = createGzip({ level: constants.Z_BEST_COMPRESSION });
  await pipeline(createReadStream(plain), gzip, createWriteStream(packed));
  return {
    made: 'users, home directory, link',
    diffId,
    blob: await moveBlob(image, LAYER, packed),
  };
}
