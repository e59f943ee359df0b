import { quoteForShell } from '../../../../lib/quote-for-shell.ts';
import { CHUNK_BYTES, HEADER_BYTES } from './frames.ts';

/** Copies exactly the bytes of its input that it is asked for, in reads of at most 64 KiB: for a dd without `fullblock`. */
const EXACT_IN_PERL =
  'my $n = shift; while ($n > 0) { my $r = sysread(STDIN, my $b, $n < 65536 ? $n : 65536); exit 1 unless $r; print $b; $n -= $r }';

/**
 * `exact N` copies N bytes of its input to its output and reads no more; `put N I` writes N bytes of its input as
 * chunk I. GNU and BusyBox dd read exactly with `iflag=fullblock`, which the dd of older versions of macOS lacks:
 * there is always perl there. BusyBox's `head -c` reads more than it copies (docs/design/agent.md#commands).
 */
const EXACT_READS = `LC_ALL=C; export LC_ALL
if dd iflag=fullblock count=0 </dev/null >/dev/null 2>&1; then
exact() { dd ibs="$1" count=1 iflag=fullblock 2>/dev/null; }
put() { dd ibs="$1" count=1 iflag=fullblock obs=${CHUNK_BYTES} seek="$2" conv=notrunc of=data; }
else
exact() { perl -e ${quoteForShell(EXACT_IN_PERL)} "$1"; }
put() { exact "$1" | dd ibs=65536 obs=${CHUNK_BYTES} seek="$2" conv=notrunc of=data; }
fi
`;

/**
 * Reads frames (frames.ts) and answers each with a line. Texts of tools become one line of at most 300 bytes.
 * A terminal that hangs up ends the loop: its header is then empty.
 */
const LOOP = `home=$1
mask=$(umask)
umask 077
fail() { e=$(printf %s "$1" | tr '\\n' ' ' | dd bs=300 count=1 2>/dev/null); printf 'e %s\\n' "$e"; exit 1; }
while h=$(exact ${HEADER_BYTES}) && [ -n "$h" ]; do
set -- $h
case $1 in
c) m=$(put "$2" "$3" 2>&1) || fail "$m"; echo "k $3";;
t) exact "$2" >&4 || { exec 4>&-; wait; fail "$(cat err)"; }; echo "k $3";;
s) s=$(exact "$2"; echo .); eval "\${s%.}" 2>/dev/null </dev/null; echo "x $?";;
q) exit 0;;
*) fail 'unknown frame';;
esac
done
exit 1
`;

/** Copies whole frames from the terminal to another process, and nothing after the last. */
const RELAY = `while h=$(exact ${HEADER_BYTES}) && [ -n "$h" ]; do
printf '%-${HEADER_BYTES - 1}s\\n' "$h"
set -- $h
case $1 in
q) exit 0;;
*) exact "$2";;
esac
done
`;

/**
 * The script that receives a file on the target: for the sh of Linux and macOS, on a raw terminal.
 *
 * @param sudo - whether it runs as root. sudo may connect its command to a terminal of its own, which is not raw:
 *   so only a pipe goes through it.
 */
export function receiverScript({ sudo }: { readonly sudo: boolean }): string {
  const receiver = EXACT_READS + LOOP;
  if (!sudo) return `set -- "\${HOME:-/}"\n${receiver}`;
  return `${EXACT_READS}m=$(sudo -n true 2>&1 </dev/null) || { printf 'e sudo: %s\\n' "\${m#sudo: }" | head -n 1; exit 1; }
{
${RELAY}} | sudo -n sh -c ${quoteForShell(receiver)} sh "\${HOME:-/}" | cat
`;
}
