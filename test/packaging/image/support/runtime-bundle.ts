import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { runTool } from '../../../../build/tool.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { SKOPEO, UMOCI } from '../../../support/tools.ts';

/** What a container runtime starts. */
export interface RuntimeBundle {
  /** The root directory of the container. */
  readonly root: string;
  readonly process: {
    readonly args: readonly string[];
    readonly cwd: string;
    readonly env: readonly string[];
    readonly user: { readonly uid: number; readonly gid: number };
  };
}

/**
 * Takes the image for a processor from a tar file, as a registry or a container engine does, and unpacks its layers, as a
 * container engine does.
 */
export function unpackImage(
  t: TestContext,
  file: string,
  architecture: 'amd64' | 'arm64',
): RuntimeBundle {
  const directory = temporaryDirectory(t);
  const layout = join(directory, 'image');
  const bundle = join(directory, 'bundle');
  runTool(SKOPEO, [
    ...['--insecure-policy', '--tmpdir', directory, '--override-os=linux'],
    ...[`--override-arch=${architecture}`, 'copy', `oci-archive:${file}`, `oci:${layout}:chosen`],
  ]);
  runTool(UMOCI, ['unpack', '--image', `${layout}:chosen`, bundle]);
  const configuration = JSON.parse(readFileSync(join(bundle, 'config.json'), 'utf8')) as {
    readonly process: RuntimeBundle['process'];
  };
  return { root: join(bundle, 'rootfs'), process: configuration.process };
}
