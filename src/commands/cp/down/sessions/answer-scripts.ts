import { UNIT_BYTES } from '../blocks/block-request.ts';

/** The words of programs on the target that the scripts run. */
export interface AnswerTools {
  /** Encodes stdin; may break lines: `base64 -w0`. */
  readonly base64: string;
  /** Prints the SHA-256 of stdin, in hexadecimal, somewhere in a line: `sha256sum`. */
  readonly sha256: string;
  /** Whether `dd` has `iflag=fullblock`. Without it a part of a pipe may be shorter than asked for. */
  readonly readsFullBlocks: boolean;
}

/** The source of the blocks, as words of a script. */
export type AnswerSource =
  | {
      readonly kind: 'file';
      /** Sets `f` to the path. */
      readonly setPath: string;
    }
  | {
      readonly kind: 'pipe';
      /** Prints the source on stdout. */
      readonly script: string;
      /** Bytes of it to leave out. */
      readonly from: number;
    };

/** How a script ends that never got a request: the session with the requests did not come, or went away. */
export const NO_REQUESTS_STATUS = 75;

/** Tenths of a second to wait for the session with the requests. */
const WAIT_TENTHS = 600;

/**
 * Opens the FIFO of the requests. The script that makes it runs in another session, which may start later.
 * `sleep 0.1` is no POSIX, but what all known targets have. Without `command` a failed `exec` would end the
 * shell with a status of its own (POSIX.1-2024, 2.8.1).
 */
function openRequests(fifo: string): string {
  return `p=${fifo} i=0
until [ -p "$p" ]; do
i=$((i+1)); [ $i -gt ${WAIT_TENTHS} ] && exit ${NO_REQUESTS_STATUS}
sleep 0.1 2>/dev/null || sleep 1
done
command exec 3<"$p" || exit ${NO_REQUESTS_STATUS}
rm -f "$p"
`;
}

/**
 * Writes a line feed each second, because the agent's end of this command cannot be seen: when the agent has
 * stopped reading, these stop, too. It must not hold stdout open after the script.
 */
export const SHOW_LIFE = `while sleep 1 >/dev/null 2>&1; do echo || exit; done 3<&- &
l=$!
trap 'kill $l 2>/dev/null' EXIT
`;

/** Answers requests until `q`, each with base64 and a full stop. */
function answer(read: string, { base64 }: AnswerTools, others: string): string {
  return `while read -r k s n <&3; do
case $k in
b) ${read} 2>/dev/null | ${base64} ;;
z) ${read} 2>/dev/null | gzip -1 -c | ${base64} ;;
${others}esac
echo .
done
`;
}

/**
 * A script for `sh` that answers requests (`requestLine`) from a FIFO with parts of a source on stdout. Each
 * reply is base64, or base64 of gzip, and a full stop; line feeds in it mean nothing. The reply to `q` is
 * the last one: for a pipe the status of its script, and what `sha256` has printed for all of it. The reply to
 * `e SKIP UNITS` is what `dd` prints about a part of a file.
 *
 * @param fifo - its path, a word for the shell; it is removed once it is open
 */
export function answerScript(source: AnswerSource, fifo: string, tools: AnswerTools): string {
  if (source.kind === 'file') {
    const read = `dd if="$f" bs=${UNIT_BYTES} skip="$s" count="$n"`;
    const others = `e) LC_ALL=C ${read} of=/dev/null 2>&1 | ${tools.base64} ;;\nq) break ;;\n`;
    return `${source.setPath}
${openRequests(fifo)}${SHOW_LIFE}${answer(read, tools, others)}echo .
`;
  }
  const read = `dd bs=${UNIT_BYTES} count="$n"${tools.readsFullBlocks ? ' iflag=fullblock' : ''}`;
  const skip = source.from === 0 ? '' : `tail -c +${source.from + 1} 5>&- | `;
  return `${openRequests(fifo)}${SHOW_LIFE}mkfifo "$p.h" && exec 5<>"$p.h" || exit
${tools.sha256} <"$p.h" >"$p.s" 3<&- 5>&- &
h=$!
{ ( exec 3<&- 5>&-
${source.script}
); echo $? >"$p.e"; } | tee "$p.h" 3<&- 5>&- | ${skip}{
exec 5>&-
${answer(read, tools, 'q) cat >/dev/null; break ;;\n')}}
exec 5>&-
wait $h
echo "$(cat "$p.e") $(cat "$p.s")" | ${tools.base64}
echo .
`;
}

/** How a request is passed on: `a FD LINE` writes LINE to the FIFO of FD, `o FD NAME` opens a new one there. */
export const PASS_ON = 'a';
export const OPEN = 'o';
export const CLOSE = 'c';
/** Prints a line feed. */
export const PROBE = 'p';
/** Ends the script. */
export const QUIT = 'q';

/** File descriptors that the script uses for FIFOs: `dash` has only those of one digit, and 0 to 3 are taken. */
export const REQUEST_DESCRIPTORS = [4, 5, 6, 7, 8, 9] as const;

/**
 * A script for `sh` that passes lines of its stdin on to FIFOs in a directory of its own. It holds their reading
 * ends, too, so that it never waits for a reader. Its end closes them, which ends their readers. A trap that
 * only exits does not always run the one of EXIT (dash, BusyBox).
 *
 * @param directory - its path, a word for the shell; the script makes it, and removes it at its end
 */
export function requestScript(directory: string): string {
  return `umask 077
d=${directory}
mkdir "$d" || exit
trap 'rm -rf "$d"' EXIT
trap "trap '' HUP INT TERM; rm -rf \\"\\$d\\"; exit 1" HUP INT TERM
while read -r k l r; do
case $k in
${OPEN}) mkfifo "$d/$r" && eval "exec $l<>\\"\\$d/\\$r\\"" || exit ;;
${PASS_ON}) echo "$r" >&"$l" ;;
${CLOSE}) eval "exec $l>&-" ;;
${PROBE}) echo ;;
${QUIT}) break ;;
esac
done
`;
}
