/**
 * Lines of a script for `sh`, which make a directory that only the user of a session may use, in the first place where that
 * is possible, and put its path into the variable `directory`.
 *
 * @param name - of the directory, which does not exist; characters that the shell does not read
 * @param failure - the status with which the script ends where no place works
 */
export function makePrivateDirectory(name: string, failure: number): string {
  return `\
directory=
for parent in "$TMPDIR" /tmp /dev/shm; do
  if [ -n "$parent" ] && mkdir -m 700 "$parent/${name}" 2>/dev/null; then
    directory=$parent/${name}
    break
  fi
done
[ -n "$directory" ] || exit ${failure}`;
}
