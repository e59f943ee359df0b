import { BuildError } from '../../build/runtime/build-error.mjs';
import { hangLines, wrapText } from '../../src/cli/output/wrap-text.ts';

/** What a version changes. */
export interface ChangelogVersion {
  readonly version: string;
  /** The first moment of the day of its release. Undefined as long as it is not released. */
  readonly released: Date | undefined;
  readonly sections: readonly ChangelogSection[];
}

/** Changes under one heading. */
export interface ChangelogSection {
  /** Empty for the changes before the first heading. */
  readonly title: string;
  /** Each a paragraph or a list item, in one line. */
  readonly changes: readonly string[];
}

const VERSION_HEADING =
  /^## (?<version>\d+(?:\.\d+){3}) \((?:unreleased|(?<day>\d{4}-\d\d-\d\d))\)$/;
const SECTION_HEADING = /^### (?<title>.+)$/;
const FIRST_LINE = /^(?:- )?(?<text>\S.*)$/;
const NEXT_LINE = /^ {2}(?<text>\S.*)$/;

/**
 * Reads CHANGELOG.md.
 *
 * @param version - that of the release, which has to be the newest
 * @returns the versions, the newest first
 * @throws BuildError when the newest version is another one
 */
export function readChangelog(markdown: string, version: string): readonly ChangelogVersion[] {
  const [, ...chapters] = markdown.split(/^(?=## )/m);
  const versions = chapters.map(readVersion);
  const newest = versions[0]?.version ?? 'missing';
  if (newest === version) return versions;
  throw new BuildError(
    `The newest version in CHANGELOG.md is ${newest}, in VERSION it is ${version}: add a section "## ${version} (unreleased)"`,
  );
}

function readVersion(chapter: string): ChangelogVersion {
  const [heading = '', ...lines] = chapter.split('\n');
  const { version, day } = VERSION_HEADING.exec(heading)?.groups ?? {};
  if (version === undefined) {
    throw new BuildError(`CHANGELOG.md has the heading "${heading}": write "## VERSION (DATE)"`);
  }
  const sections: { title: string; changes: string[] }[] = [{ title: '', changes: [] }];
  let isOpen = false;
  for (const line of lines) {
    const changes = sections.at(-1)?.changes ?? [];
    const title = SECTION_HEADING.exec(line)?.groups?.['title'];
    const first = FIRST_LINE.exec(line)?.groups?.['text'];
    const next = NEXT_LINE.exec(line)?.groups?.['text'];
    if (title !== undefined) {
      sections.push({ title, changes: [] });
    } else if (isOpen && !line.startsWith('- ') && (next ?? first) !== undefined) {
      changes.push(`${changes.pop() ?? ''} ${next ?? first ?? ''}`);
    } else if (first !== undefined) {
      changes.push(first);
    }
    isOpen = title === undefined && line.trim() !== '';
  }
  return {
    version,
    released: day === undefined ? undefined : new Date(`${day}T00:00:00Z`),
    sections: sections.filter(({ changes }) => changes.length > 0),
  };
}

/** The longest line of a changelog in a package, in characters. */
const LINE_CHARACTERS = 79;

/**
 * A change as an item of a list.
 *
 * @param mark - begins the first line; the other lines are indented as far
 */
export function changeLines(mark: string, change: string): readonly string[] {
  return hangLines(wrapText(change, LINE_CHARACTERS - mark.length), mark);
}
