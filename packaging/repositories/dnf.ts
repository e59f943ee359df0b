import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { runTool, type Tool } from '../../build/tool.ts';
import { signDetached, type GpgKey } from '../signing/gpg.ts';

export const CREATEREPO: Tool = { program: 'createrepo_c', debianPackage: 'createrepo-c' };

/** What dnf calls `$basearch`. The architectures of our packages have the same names. */
export const BASE_ARCHITECTURES: readonly string[] = ['x86_64', 'aarch64', 'i386'];

/** A repository to index. */
export interface DnfRepository {
  /** Has a directory with packages for each base architecture. */
  readonly directory: string;
  /** The time of the index, in seconds since the epoch. */
  readonly sourceDateEpoch: number;
  readonly key: GpgKey;
}

/**
 * Writes a signed index for each base architecture. The same packages with the same times give the same index.
 *
 * @throws ToolError when createrepo_c or gpg is missing or fails
 */
export function indexDnfRepository({ directory, sourceDateEpoch, key }: DnfRepository): void {
  for (const architecture of readdirSync(directory).sort()) {
    const repository = join(directory, architecture);
    runTool(CREATEREPO, [
      ...['--quiet', '--no-database', '--error-exit-val'],
      // Each dnf and yum reads it, which is not so for zstd.
      ...['--general-compress-type', 'gz'],
      ...['--revision', String(sourceDateEpoch), '--set-timestamp-to-revision'],
      repository,
    ]);
    const index = join(repository, 'repodata', 'repomd.xml');
    signDetached(index, `${index}.asc`, key);
  }
}
