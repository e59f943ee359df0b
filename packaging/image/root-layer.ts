import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BUILD_RECORD, buildRecord } from '../../build/bundle/build-record.ts';
import type { TargetName } from '../../build/targets.ts';
import { appendTar, writeTar } from '../archive/tar-file.ts';
import type { Release } from '../release.ts';
import { DIRECTORY_MODE, FILE_MODE, settle } from '../stage-tree.ts';

/** The user of the program, which is the one that images without root commonly have. */
export const IMAGE_USER = 65_532;
export const IMAGE_HOME = '/home/nonroot';
/** The program in the image: a link. */
export const IMAGE_PROGRAM = '/usr/local/bin/session-manager-plugin';

/** Everyone may write, and remove only what is his own. */
const TEMPORARY_MODE = 0o1777;

/** What the layer is made for. */
export interface RootLayer {
  readonly target: TargetName;
  /** The directory with the program, at the root of the image. */
  readonly programDirectory: string;
}

/**
 * Writes the layer of an image above that with the program: its users, its directories, a link to the program, and the record
 * that it is installed as an image.
 *
 * @param file - the tar file to write
 * @param work - an empty directory
 */
export function writeRootLayer(
  { commit, sourceDateEpoch }: Release,
  { target, programDirectory }: RootLayer,
  file: string,
  work: string,
): void {
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(work, path)), { recursive: true });
    writeFileSync(join(work, path), text);
    settle(join(work, path), FILE_MODE, sourceDateEpoch);
  };
  write('etc/group', `root:x:0:\nnonroot:x:${IMAGE_USER}:\n`);
  write(
    'etc/passwd',
    `root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:${IMAGE_USER}:${IMAGE_USER}:nonroot:${IMAGE_HOME}:/sbin/nologin\n`,
  );
  write(`${programDirectory}/${BUILD_RECORD}`, buildRecord('image', target, commit));
  for (const path of ['tmp', IMAGE_HOME, dirname(IMAGE_PROGRAM)]) {
    mkdirSync(join(work, path), { recursive: true });
  }
  symlinkSync(`../../../${programDirectory}/bin/session-manager-plugin`, join(work, IMAGE_PROGRAM));
  const directories = ['etc', 'home', IMAGE_HOME, 'usr', 'usr/local', 'usr/local/bin'];
  for (const path of [...directories, programDirectory]) {
    settle(join(work, path), DIRECTORY_MODE, sourceDateEpoch);
  }
  settle(join(work, 'tmp'), TEMPORARY_MODE, sourceDateEpoch);
  const paths = ['etc', 'tmp', 'usr', programDirectory].sort();
  writeTar(file, { directory: work, paths, sourceDateEpoch });
  const home = IMAGE_HOME.slice(1);
  // Without this entry, an engine chooses the mode of the directory; some choose one that locks the user out.
  const parent = { directory: work, paths: [dirname(home)], areDirectoriesAlone: true };
  appendTar(file, { ...parent, sourceDateEpoch });
  appendTar(file, { directory: work, paths: [home], sourceDateEpoch, owner: IMAGE_USER });
}
