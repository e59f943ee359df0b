import { makePrivateDirectory } from '../../../lib/private-directory.ts';

/** The last line of the script: the FIFO is closed after all input, or the command has closed it. */
export const INPUT_END = 'end';
/** Statuses of the script for what a target may lack. */
export const INPUT_STATUS = { noDirectory: 3, noFifo: 4 } as const;

/**
 * The script of the session that carries the input of a command. It makes a FIFO that only the session's user may use,
 * prints its path, and waits until the command has opened it; then the name is removed. Chunks with their lengths come
 * from a raw terminal, and each that was passed on is acknowledged by a line. The end is a length of 0: the FIFO
 * is closed. If the command closes its input before that, a write fails. In both cases, and in no other, the script prints
 * {@link INPUT_END}: when its session is cut off, the FIFO is closed, too, and the command sees the same end.
 *
 * The trap of a signal cleans up by itself: in dash and BusyBox, its `exit` would run before the trap of EXIT has
 * removed anything.
 *
 * `dd bs=1` reads not a byte too many in any implementation, a longer block only with `iflag=fullblock`.
 *
 * @param name - of the directory, which does not exist
 */
export function inputScript(name: string): string {
  return `\
${makePrivateDirectory(name, INPUT_STATUS.noDirectory)}
fifo=$directory/input
clean() { rm -f "$fifo"; rmdir "$directory" 2>/dev/null; }
trap clean EXIT
trap "trap '' HUP INT TERM; clean; exit 1" HUP INT TERM
mkfifo "$fifo" || exit ${INPUT_STATUS.noFifo}
if [ "$(printf x | dd bs=1 count=1 iflag=fullblock 2>/dev/null)" = x ]
then pass() { dd bs="$1" count=1 iflag=fullblock 2>/dev/null; }
else pass() { dd ibs=1 obs="$1" count="$1" 2>/dev/null; }
fi
printf '%s\\n' "$fifo"
exec 3>"$fifo"
clean
while length=$(dd bs=1 count=8 2>/dev/null) && [ "$length" -gt 0 ]; do
  pass "$length" >&3 || break
  echo "$length"
done
exec 3>&-
[ -n "$length" ] && echo ${INPUT_END}`;
}
