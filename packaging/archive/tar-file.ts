import { runTool, type Tool } from '../../build/tool.ts';

/** GNU tar: the options for reproducible archives are its own. */
export const TAR: Tool = { program: 'tar', debianPackage: 'tar' };

/** What to put into a tar file. */
export interface TarContents {
  /** Where the paths start. */
  readonly directory: string;
  /** Files, and directories with everything in them. */
  readonly paths: readonly string[];
  /** True to write only the entries of the directories themselves, without what is in them. */
  readonly areDirectoriesAlone?: boolean;
  /** The time of every entry, in seconds since the epoch. */
  readonly sourceDateEpoch: number;
  /** User and group of every entry, as a number; 0 is root. */
  readonly owner?: number;
  /** A mode of chmod(1) for every entry; without one, each entry has that of its file. */
  readonly mode?: string;
}

/** Writes a tar file. The same contents give the same bytes. */
export function writeTar(file: string, contents: TarContents): void {
  runTool(TAR, ['--create', '--file', file, ...options(contents)]);
}

/** Adds entries, which may have another owner, to the end of a tar file. */
export function appendTar(file: string, contents: TarContents): void {
  runTool(TAR, ['--append', '--file', file, ...options(contents)]);
}

function options(contents: TarContents): readonly string[] {
  const {
    directory,
    paths,
    areDirectoriesAlone = false,
    sourceDateEpoch,
    owner = 0,
    mode,
  } = contents;
  return [
    ...['--directory', directory, '--format=ustar', '--sort=name', `--mtime=@${sourceDateEpoch}`],
    ...[`--owner=${owner}`, `--group=${owner}`, '--numeric-owner'],
    ...(mode === undefined ? [] : [`--mode=${mode}`]),
    ...(areDirectoriesAlone ? ['--no-recursion'] : []),
    ...['--', ...paths],
  ];
}
