import { posix, win32 } from 'node:path';
import { macro, quoted } from './nsis-text.ts';

/** The directory in the template of the logging configuration (install guide). */
const TEMPLATE_DIRECTORY = String.raw`C:\Program Files\Amazon\SessionManagerPlugin`;

/** A path below the install location, as Windows and NSIS write it. */
function installed(path: string): string {
  const windowsPath = path.split(posix.sep).join(win32.sep);
  return `"$INSTDIR\\${quoted(windowsPath).slice(1)}`;
}

/** The directories that the files are in, besides the tree itself, the deepest last. */
function directoriesOf(files: readonly string[]): string[] {
  const directories = files.flatMap((file) => {
    const parents: string[] = [];
    for (let parent = posix.dirname(file); parent !== '.'; parent = posix.dirname(parent)) {
      parents.push(parent);
    }
    return parents;
  });
  return [...new Set(directories)].sort();
}

/**
 * The macro `InstallFiles`, which writes the files to the install location.
 *
 * @param tree - the directory that they are in now
 * @param files - paths below it, with slashes
 */
export function installFilesMacro(tree: string, files: readonly string[]): string {
  const lines = ['', ...directoriesOf(files)].flatMap((directory) => [
    `SetOutPath ${directory === '' ? '"$INSTDIR"' : installed(directory)}`,
    ...files
      .filter((file) => posix.dirname(file) === (directory === '' ? '.' : directory))
      .map((file) => `File ${quoted(posix.join(tree, file))}`),
  ]);
  return macro('InstallFiles', lines);
}

/** The macro `RemoveFiles`, which takes them away again, with the directories that are empty then. */
export function removeFilesMacro(files: readonly string[]): string {
  return macro('RemoveFiles', [
    ...files.map((file) => `Delete ${installed(file)}`),
    ...directoriesOf(files)
      .reverse()
      .map((directory) => `RMDir ${installed(directory)}`),
  ]);
}

/**
 * The macro `WriteLogTemplateText`, which writes the template of the logging configuration to the file
 * in $R9, with the install location instead of the default directory.
 *
 * @param template - ASCII
 */
export function logTemplateMacro(template: string): string {
  // Line by line: a string of NSIS is at most 1024 characters long.
  const lines = template
    .split(/(?<=\n)/)
    .flatMap((line) =>
      line
        .split(TEMPLATE_DIRECTORY)
        .flatMap((text, index) => [
          ...(index === 0 ? [] : ['Call WriteDirectory']),
          ...(text === '' ? [] : [`FileWrite $R9 ${quoted(text)}`]),
        ]),
    );
  return macro('WriteLogTemplateText', lines);
}
