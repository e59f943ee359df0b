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
