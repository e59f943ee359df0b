import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '../../../../../src/lib/find-program.ts';
import { temporaryDirectory } from '../../../../support/temporary-directory.ts';
import type { TestContext } from 'node:test';

const TOOLS =
  'sh dd stty mkdir mv rm rmdir ls id touch chmod chown cat tr od wc cksum sha256sum readlink tar mkfifo head sed tee sleep grep';

/** The programs that are called wget. */
export const GNU_WGET = 'wget';
export const BUSYBOX_WGET = 'busybox';

/** A PATH with the usual tools and a wget, without curl. */
export function toolsWithoutCurl(t: TestContext, wget: string): string {
  const directory = temporaryDirectory(t);
  const link = (program: string, name: string): void => {
    const path = findProgram(program, process.env, process.platform);
    if (path !== undefined) symlinkSync(path, join(directory, name));
  };
  for (const tool of TOOLS.split(' ')) link(tool, tool);
  link(wget, 'wget');
  return directory;
}
