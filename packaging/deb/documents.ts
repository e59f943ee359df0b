import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { constants, gzipSync } from 'node:zlib';
import { copyrightLine } from '../../build/copyright-line.ts';
import { INSTALL_DIRECTORY } from '../../build/install-directory.ts';
import { PRODUCT } from '../product.ts';
import type { Release } from '../release.ts';
import { changeLines, readChangelog } from '../system/changelog.ts';
import type { SystemContents } from '../system/system-files.ts';

/** The reasons are in the file itself. */
const OVERRIDES = join(import.meta.dirname, 'lintian-overrides');

/**
 * What a package contains for Debian's own tools: its copyright, its changelog, and the overrides of lintian.
 *
 * @param tree - the installed tree, with `NOTICE` and `RELEASENOTES.md`
 * @throws BuildError when these do not name the owner and the version
 */
export function debianDocuments(release: Release, tree: string): SystemContents {
  const read = (name: string): string => readFileSync(join(tree, name), 'utf8');
  const changelog = debianChangelog(release, read('RELEASENOTES.md'));
  const documents = `usr/share/doc/${PRODUCT.name}`;
  return new Map<string, Buffer>([
    [`${documents}/copyright`, Buffer.from(copyrightFile(release, read('NOTICE')))],
    [
      `${documents}/changelog.Debian.gz`,
      gzipSync(changelog, { level: constants.Z_BEST_COMPRESSION }),
    ],
    [`usr/share/lintian/overrides/${PRODUCT.name}`, readFileSync(OVERRIDES)],
  ]);
}

/** In the machine-readable format (Debian, "Machine-readable debian/copyright file", version 1.0). */
function copyrightFile({ publisher }: Release, notice: string): string {
  return `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: ${PRODUCT.name}
Source: ${publisher.homepage}
Comment:
 The program contains software of others.
 ${INSTALL_DIRECTORY}/THIRD-PARTY contains their licenses.

Files: *
Copyright: ${copyrightLine(notice).replace(/^Copyright /, '')}
License: ${PRODUCT.license}
 On Debian systems, the text of the Apache License 2.0 is in
 /usr/share/common-licenses/Apache-2.0, and also in
 ${INSTALL_DIRECTORY}/LICENSE.
`;
}

/** The changelog of the project in the format of deb-changelog(5). */
function debianChangelog(release: Release, markdown: string): string {
  const { version: newest, publisher, sourceDateEpoch } = release;
  const entries = readChangelog(markdown, newest).map(({ version, released, sections }) => {
    const time = released ?? new Date(sourceDateEpoch * 1000);
    return [
      `${PRODUCT.name} (${version}-${PRODUCT.revision}) unstable; urgency=medium`,
      ...sections.flatMap(({ title, changes }) => [
        '',
        ...(title === '' ? [] : [`  [ ${title} ]`]),
        ...changes.flatMap((change) => changeLines('  * ', change)),
      ]),
      '',
      ` -- ${publisher.maintainer}  ${time.toUTCString().replace('GMT', '+0000')}`,
      '',
    ];
  });
  return entries.flat().join('\n');
}
