import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { stageTree } from './stage-tree.ts';

/** The tree of files that a package installs. */
export interface InstalledFiles {
  /** The project's directory. */
  readonly root: string;
  /** The directory with the program as it is installed: `bin/`, and `lib/` where it has libraries. */
  readonly program: string;
  readonly system: 'posix' | 'windows';
  /** Whether the guides, the pictures and the release notes are in it. */
  readonly hasGuides: boolean;
  /** Texts of further files, by their places in the tree; they replace documents of the project. */
  readonly sharedFiles: ReadonlyMap<string, string>;
  /** Text of the THIRD-PARTY file. */
  readonly thirdParty: string;
  /** The time of every file, in seconds since the epoch. */
  readonly sourceDateEpoch: number;
}

/** Files of the project, by the names under which they are installed. */
const DOCUMENTS: Readonly<Record<string, string>> = {
  LICENSE: 'LICENSE',
  NOTICE: 'NOTICE',
  'README.md': 'README.md',
  VERSION: 'VERSION',
};

/** The release notes, by the same names. */
const NOTES: typeof DOCUMENTS = { 'RELEASENOTES.md': 'CHANGELOG.md' };

/** The guides for users, and the pictures in them and in the README. */
const GUIDES = ['docs/*.md', 'docs/images/*.svg'];

/** The documents of a tree that link to others. */
const LINKING = ['*.md', 'docs/*.md'];
/** A link to another file: its text, and the path without the heading. */
const FILE_LINK = /\[([^\]]*)\]\((?![a-z]+:)([^)#\s]+)(?:#[^)\s]*)?\)/g;

/** The guides that packages install. @returns paths in the project and in the tree, sorted */
export function guidesOf(root: string): readonly string[] {
  return globSync(GUIDES, { cwd: root }).sort();
}

/**
 * Lays out what the packages of a target install (install guide), replacing an existing tree.
 *
 * @param tree - the directory to create
 * @throws TreeError when the program is not one
 */
export function writeInstalledTree(tree: string, files: InstalledFiles): void {
  const { root, program, system, hasGuides, sharedFiles, thirdParty, sourceDateEpoch } = files;
  const unfinished = `${tree}.unfinished`;
  for (const old of [tree, unfinished]) rmSync(old, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  cpSync(program, unfinished, { recursive: true });
  for (const [name, source] of Object.entries(hasGuides ? { ...DOCUMENTS, ...NOTES } : DOCUMENTS)) {
    cpSync(join(root, source), join(unfinished, name));
  }
  const guides = hasGuides ? guidesOf(root) : [];
  for (const guide of guides) cpSync(join(root, guide), join(unfinished, guide));
  const template = 'seelog.xml.template';
  cpSync(join(root, 'packaging', system, template), join(unfinished, template));
  writeFileSync(join(unfinished, 'THIRD-PARTY'), thirdParty);
  for (const [place, text] of sharedFiles) {
    mkdirSync(dirname(join(unfinished, place)), { recursive: true });
    writeFileSync(join(unfinished, place), text);
  }
  removeDeadLinks(unfinished);
  stageTree(unfinished, tree, sourceDateEpoch);
  rmSync(unfinished, { recursive: true });
}

/** Leaves only the text of a link to a file that is not installed, such as a page for readers of the code. */
function removeDeadLinks(tree: string): void {
  for (const path of globSync(LINKING, { cwd: tree })) {
    const text = readFileSync(join(tree, path), 'utf8');
    const live = text.replaceAll(FILE_LINK, (link: string, label: string, target: string) =>
      existsSync(join(tree, dirname(path), target)) ? link : label,
    );
    writeFileSync(join(tree, path), live);
  }
}
