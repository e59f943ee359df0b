import { SHOW_LIFE, type AnswerTools } from '../sessions/answer-scripts.ts';
import type { Inspection } from './inspection-attempt.ts';

/**
 * Bytes of a file whose content comes with its facts, so that it needs no other session. Files in /sys report a
 * page as their size (Linux, `Documentation/filesystems/sysfs.rst`): at most 64 KiB, on arm64 and ppc64.
 */
export const SMALL_BYTES = 64 * 1024;

/**
 * A script for `sh` that prints what a source is, in replies as those of `answerScript`:
 *
 * 1. `d MODE MTIME` for a directory, `o` for what is neither that nor a file, `e ERROR` when it cannot be
 *    read; of a file `f SIZE MODE MTIME`, and only then:
 * 2. the content of a small one;
 * 3. what `sha256` prints for its first bytes, when it has that many and they are asked for;
 * 4. the same for its first SIZE bytes: what is added meanwhile does not count.
 *
 * `stat -c` is GNU's and BusyBox's, `stat -f` macOS's.
 *
 * @param source - its path is a word for the shell
 */
export function inspectScript(
  { path, prefix, withContent }: Pick<Inspection, 'path' | 'prefix' | 'withContent'>,
  { base64, sha256 }: AnswerTools,
): string {
  const smallBytes = withContent ? SMALL_BYTES : -1;
  return `LC_ALL=C; export LC_ALL
f=${path}
reply() { printf %s "$*" | ${base64}; echo .; }
fail() { reply e "$1"; exit; }
${SHOW_LIFE}if [ ! -e "$f" ]; then fail "$(ls -Ld "$f" 2>&1)"; fi
s=$(stat -Lc '%s %a %Y' "$f" 2>/dev/null || stat -Lf '%z %Mp%Lp %m' "$f" 2>&1) || fail "$s"
if [ -d "$f" ]; then reply d "\${s#* }"; exit; fi
if [ ! -f "$f" ]; then reply o; exit; fi
e=$(dd if="$f" bs=1 count=1 2>&1 >/dev/null) || fail "$e"
reply f "$s"
n=\${s%% *}
if [ "$n" -le ${smallBytes} ]; then head -c "$n" "$f" | ${base64}; fi
echo .
if [ ${prefix} -gt 0 ] && [ "$n" -ge ${prefix} ]; then head -c ${prefix} "$f" | ${sha256} | ${base64}; fi
echo .
head -c "$n" "$f" | ${sha256} | ${base64}
echo .
`;
}
