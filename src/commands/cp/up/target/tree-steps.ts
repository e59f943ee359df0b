/**
 * Checks where a directory shall be, and makes the private one. Result: `problem` and `text`.
 */
export const PREPARE_TREE = `if [ -e "$d" ] && [ ! -d "$d" ]; then problem file; return; fi
m=$(ls -d "$p/." 2>&1 >/dev/null) || { problem parent "$m"; return; }
command -v tar >/dev/null || { problem tar; return; }
make && take || return
`;

/**
 * Sets `x` to the directory that tar unpacks into: the destination, if it is there, or a new one in the private
 * directory.
 *
 * @param name - of the new one, a word in double quotes
 */
export function chooseTree(name: string): string {
  return `x=$d
if [ ! -d "$d" ]; then x=$t/${name}; m=$(mkdir "${name}" 2>&1) || { problem create "$m"; return; }; fi
`;
}

/**
 * Runs tar instead of the shell. Owners of the archive are never set. As a user other than root, BusyBox's tar does not set
 * permissions, but makes all by those of the archive and the umask.
 *
 * @param input - the arguments and redirections of its input
 * @param preserve - whether modes and times are those of the archive, and the umask does not count
 */
export function unpackTree(input: string, preserve: boolean): string {
  return `umask ${preserve ? '0' : '"$mask"'}; exec tar -x${preserve ? 'p' : 'm'}o -C "$x" -f ${input}`;
}

/**
 * Moves a new directory from the private one to its place. Result: `problem` and `text`.
 *
 * Only who may write to a directory may move it to another one (rename(2), EACCES), so that its permissions come last; and
 * BusyBox's tar sets none unless it runs as root.
 *
 * @param name - of the directory, a word in double quotes
 * @param mode - its permission bits
 */
export function moveTree(name: string, mode: number): string {
  return `if [ -d "${name}" ]; then
if [ -e "$d" ]; then problem appeared; return; fi
chmod u+rwx "${name}"
m=$(mv "${name}" "$d" 2>&1) || { problem create "$m"; return; }
if [ -d "$d/${name}" ]; then rm -rf "$d/${name}"; problem appeared; return; fi
chmod ${mode.toString(8).padStart(4, '0')} "$d"
fi
`;
}
