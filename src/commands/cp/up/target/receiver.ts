import { quoteForShell } from '../../../../lib/quote-for-shell.ts';
import { CHUNK_BYTES } from '../chunks/chunk-source.ts';
import { HEADER_BYTES } from './frames.ts';

/** The words of programs on the target that the receiver runs. */
export interface ReceiverTools {
  /** Prints the SHA-256 of its input, in hexadecimal first. */
  readonly sha256: string;
  /** Whether `dd` has `iflag=fullblock`. */
  readonly readsFullBlocks: boolean;
}

/** How often a line is written while a script runs, in seconds: a session without any is soon idle, or lost. */
const LIFE_SECONDS = 10;
/**
 * How long a temporary directory stays when its last session is lost, in seconds: another session may still continue
 * the copy, after the pauses of a service that refuses to start sessions (docs/design/agent.md#timing).
 */
const ABANDONED_SECONDS = 90;

/** Copies exactly the bytes of its input that it is asked for, in reads of at most 64 KiB: for a dd without `fullblock`. */
const EXACT_IN_PERL =
  'my $n = shift; while ($n > 0) { my $r = sysread(STDIN, my $b, $n < 65536 ? $n : 65536); exit 1 unless $r; print $b; $n -= $r }';

/**
 * `exact N` copies N bytes of its input to its output and reads no more; `put N I` writes N bytes of its input as
 * chunk I. GNU and BusyBox dd read exactly with `iflag=fullblock`, which the dd of older versions of macOS lacks:
 * there is always perl there. BusyBox's `head -c` reads more than it copies (docs/design/agent.md#commands).
 */
function exactReads({ readsFullBlocks }: ReceiverTools): string {
  const locale = 'LC_ALL=C; export LC_ALL\n';
  return readsFullBlocks
    ? `${locale}exact() { dd bs="$1" count=1 iflag=fullblock 2>/dev/null; }
put() { dd ibs="$1" count=1 iflag=fullblock obs=${CHUNK_BYTES} seek="$2" conv=notrunc of="$f"; }
`
    : `${locale}exact() { perl -e ${quoteForShell(EXACT_IN_PERL)} "$1"; }
put() {
s=$({ { exact "$1"; echo "$?" >&3; } | dd ibs=65536 obs=${CHUNK_BYTES} seek="$2" conv=notrunc of="$f" >&2; } 3>&1 || echo 1)
[ "$s" = 0 ]
}
`;
}

/**
 * Reads frames (frames.ts) and answers each with a line. Texts of tools become one line of at most 300 bytes.
 * A terminal that hangs up ends the loop: its header is then empty. Its signal ends what a script runs, and scripts
 * look at `gone` before they change more. Neither it nor the end of sudo's reader (SIGPIPE) must end what cleans up.
 *
 * `leave` is for the last session of a copy that has not finished: without `keep`, it removes the temporary
 * directory, unless another session of the copy comes.
 */
const LOOP = `gone=
trap 'gone=yes' HUP
trap '' PIPE
home=$1
mask=$(umask)
umask 077
f=data in= keep= beats=0
beat() { beats=$((beats + 1)); [ -z "$keep" ] || { echo "$$ $beats" >beat; } 2>/dev/null; }
leave() {
trap '' HUP
[ -n "$in" ] || return
rm -f "lock/$$"
rmdir lock 2>/dev/null && [ -z "$keep" ] || return
(sleep ${ABANDONED_SECONDS}; enter && mkdir lock && drop) </dev/null >/dev/null 2>&1 &
}
fail() { e=$(printf %s "$1" | tr '\\n' ' ' | dd bs=300 count=1 2>/dev/null); printf 'e %s\\n' "$e"; leave; exit 1; }
live() {
exec 4>&- 5<&-
while sleep ${LIFE_SECONDS} >/dev/null; do beat; echo n || exit; done
}
while h=$(exact ${HEADER_BYTES}) && [ -n "$h" ]; do
set -- $h
case $1 in
c) m=$(put "$2" "$3" 2>&1) || fail "$m"; echo "k $3";;
t) exact "$2" >&4 || { exec 4>&-; wait; fail "$(cat err)"; }; echo "k $3";;
s)
s=$(exact "$2"; echo .)
live 2>/dev/null </dev/null &
life=$!
eval "\${s%.}" 2>/dev/null </dev/null
e=$?
kill $life
echo "x $e"
;;
n) echo n;;
q) exit 0;;
*) fail 'unknown frame';;
esac
[ -z "$in" ] || beat
done
leave
exit 1
`;

/** Copies whole frames from the terminal to another process, and nothing after the last. */
const RELAY = `while h=$(exact ${HEADER_BYTES}) && [ -n "$h" ]; do
printf '%-${HEADER_BYTES - 1}s\\n' "$h"
set -- $h
case $1 in
q) exit 0;;
n) ;;
*) exact "$2";;
esac
done
`;

/** How the receiver runs. */
export interface ReceiverOptions {
  /**
   * Whether it runs as root. sudo may connect its command to a terminal of its own, which is not raw: so only a
   * pipe goes through it.
   */
  readonly sudo: boolean;
  readonly tools: ReceiverTools;
}

/** The script that receives a file on the target: for the sh of Linux and macOS, on a raw terminal. */
export function receiverScript({ sudo, tools }: ReceiverOptions): string {
  const reads = exactReads(tools);
  const receiver = `${reads}hash() { set -- $(${tools.sha256}); printf %s "$1"; }\n${LOOP}`;
  if (!sudo) return `set -- "\${HOME:-/}"\n${receiver}`;
  return `${reads}m=$(sudo -n true 2>&1 </dev/null) || { printf 'e sudo: %s\\n' "\${m#sudo: }" | head -n 1; exit 1; }
{
${RELAY}} | sudo -n sh -c ${quoteForShell(receiver)} sh "\${HOME:-/}" | cat
`;
}
