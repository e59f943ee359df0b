import { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ROOT } from '../build/runtime/setup.mjs';
import type { TargetName } from '../build/targets.ts';
import { CHECKSUMS, listedFile, writeChecksums, type ListedFile } from './signing/checksums.ts';
import { PRODUCERS } from './published/producers.ts';
import { placeFile, type Publication } from './published/publication.ts';
import { publishRepositories } from './published/repositories.ts';
import { describeSignatures, signRelease } from './published/signatures.ts';
import type { Progress } from './progress/progress.ts';
import { describePublisher } from './publisher.ts';
import { OUTPUTS } from './release-settings.ts';
import type { AcceptedRuntimes } from './runtime-age/accepted-runtimes.ts';
import type { Release } from './release.ts';
import { DIRECTORY_MODE, FILE_MODE } from './stage-tree.ts';
import { groupDigests, isMade } from './verify/verified-groups.ts';

/** The directory that always holds the newest version (install guide). */
const LATEST = 'latest';
/** What the progress of the build calls it. */
const SUBJECT = 'release';

/**
 * Lays out the downloads of targets as they are published: a directory of the version, and the same
 * under `latest`. Existing downloads are removed. Every user can read the result, whatever the umask is.
 *
 * @param accepted - runtimes without a known security release, which the record of the runtimes names
 * @param progress - is notified of each step
 * @throws ToolError when the checksums are to be signed and cannot be
 */
export async function assembleRelease(
  release: Release,
  targets: readonly TargetName[],
  accepted: AcceptedRuntimes,
  progress: Progress,
): Promise<void> {
  const directory = join(OUTPUTS.plugin, release.version);
  rmSync(OUTPUTS.plugin, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  writeFileSync(OUTPUTS.release, JSON.stringify(release));
  const publication = { release, directory, targets, accepted, env: process.env };
  const listed = await writeFiles(publication, progress);
  progress.begin(SUBJECT, 'signatures of the list of digests');
  writeChecksums(directory, listed);
  const signatures = signRelease({ ...publication, listed });
  for (const path of [...listed.map((file) => file.path), CHECKSUMS, ...signatures]) {
    placeFile(join(directory, path), join(OUTPUTS.plugin, LATEST, path));
  }
  publishRepositories({ ...publication, listed }, OUTPUTS.plugin, (step) =>
    progress.begin(SUBJECT, step),
  );
  progress.end(SUBJECT);
  letEveryUserRead(OUTPUTS.plugin);
  writeFileSync(OUTPUTS.groupInputs, JSON.stringify(groupDigests()));
  const signing = describeSignatures(process.env);
  for (const line of [describePublisher(release.publisher), ...signing, relative(ROOT, directory)])
    process.stdout.write(`${line}\n`);
}

/** Runs the producers; their progress has no end here. @returns what they have written, in the order of the table */
async function writeFiles(
  publication: Omit<Publication, 'listed'>,
  progress: Progress,
): Promise<readonly ListedFile[]> {
  const listed: ListedFile[] = [];
  for (const { name, group, write } of PRODUCERS) {
    if (!isMade(group, publication.release.compression)) continue;
    progress.begin(SUBJECT, name);
    const paths = await write({ ...publication, listed: [...listed] });
    listed.push(...paths.map((path) => listedFile(publication.directory, path)));
  }
  return listed;
}

function letEveryUserRead(directory: string): void {
  chmodSync(directory, DIRECTORY_MODE);
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) letEveryUserRead(path);
    else chmodSync(path, FILE_MODE);
  }
}
