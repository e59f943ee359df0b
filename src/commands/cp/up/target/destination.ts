import { Buffer } from 'node:buffer';

/** A file on the target and the private directory beside it in which its new content is made. */
export interface Destination {
  /** As the user has written it: absolute, or relative to the home of the session user. */
  readonly path: Buffer;
  /** The end of the directory's name: with a random part, or always the same, so that the next copy finds it. */
  readonly suffix: string;
}

/**
 * Sets `d` to the absolute path, `p` to its parent and `t` to the private directory. Links are followed while they
 * can be followed, as cp and scp do: the kernel refuses to follow those that other users have put into /tmp
 * (proc(5), protected_symlinks). A name too long for another one beside it is replaced by its checksum.
 */
function resolveScript({ path, suffix }: Destination): Buffer {
  return Buffer.concat([
    Buffer.from('d='),
    quoteBytes(path),
    Buffer.from(`
case $d in /*) ;; *) d=$home/$d;; esac
n=0
while [ -L "$d" ] && [ -e "$d" ] && [ $n -lt 40 ]; do
n=$((n + 1))
l=$(readlink "$d"; echo .)
l=\${l%??}
case $l in /*) d=$l;; *) d=\${d%/*}/$l;; esac
done
p=\${d%/*}
b=\${d##*/}
if [ \${#b} -gt 200 ]; then set -- $(printf %s "$b" | cksum); b=$1; fi
t=$p/.$b.${suffix}
[ -n "$p" ] || p=/
`),
  ]);
}

/**
 * Enters the private directory, after a check that it is one: mode 700, of this user, in the parent. Only then can
 * no other user put a link into it, or put another directory in its place unnoticed.
 */
const ENTER = `enter() {
cd "$t" && [ ! -L "$t" ] || return 1
set -- $(ls -di ..) $(ls -di "$p/.")
[ "$1" = "$3" ] || return 1
set -- $(ls -nd .)
case $1 in drwx--[-S]---*) ;; *) return 1;; esac
[ "$3" = "$(id -u)" ]
}
`;

const RESULT = `result() { printf 'r %s %s\\n' "$1" "$2"; }
line() { printf %s "$1" | tr '\\n' ' '; }
hex() { printf %s "$1" | od -An -v -tx1 | tr -d ' \\n'; }
`;

/** SHA-256 of the input, in hexadecimal, by the first of three programs that is there; nothing without one. */
const HASH = `hash() {
if command -v sha256sum >/dev/null 2>&1; then set -- $(sha256sum)
elif command -v shasum >/dev/null 2>&1; then set -- $(shasum -a 256)
else set -- $(openssl dgst -r -sha256); fi
printf %s "$1"
}
`;

/** What the script of {@link prepareScript} reports in the result `problem`. */
export const PROBLEMS = [
  'directory',
  'special',
  'parent',
  'create',
  'foreign',
  'hash',
  'tar',
] as const;
export type DestinationProblem = (typeof PROBLEMS)[number];

/**
 * Checks the destination and makes the private directory with an empty file `data` of the final size, or the
 * file of an earlier attempt. Results: `partial`, the path of that file in hexadecimal; `size`, how much was there
 * before; or `problem` and `text`.
 *
 * @param size - bytes of the file; undefined where it is not known
 */
export function prepareScript(destination: Destination, size: number | undefined): Buffer {
  const fitsSize =
    size === undefined ? '' : ` && dd if=/dev/null of=data bs=1 seek=${size} count=0 2>/dev/null`;
  return Buffer.concat([
    resolveScript(destination),
    Buffer.from(`${ENTER}${RESULT}${HASH}problem() { result problem "$1"; result text "$(line "$2")"; }
prepare() {
if [ -d "$d" ]; then problem directory; return; fi
if [ -e "$d" ] && [ ! -f "$d" ]; then problem special; return; fi
m=$(ls -d "$p/." 2>&1 >/dev/null) || { problem parent "$m"; return; }
[ "$(hash </dev/null)" = e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 ] || { problem hash; return; }
m=$(mkdir -m 700 "$t" 2>&1) || [ -d "$t" ] || { problem create "$m"; return; }
enter || { problem foreign; return; }
result partial "$(hex "$t/data")"
if [ -f data ]; then set -- $(ls -n data); result size "$5"; fi
m=$( (: >>data${fitsSize}) 2>&1) || problem create "$m"
}
prepare
`),
  ]);
}

/** Enters the directory that {@link prepareScript} has made, in another session. Its status is 0 if it is there. */
export function enterScript(destination: Destination): Buffer {
  return Buffer.concat([resolveScript(destination), Buffer.from(`${ENTER}enter\n`)]);
}

/** Reports the SHA-256 of each block of the file: results `block`, with its number and the hash. */
export function hashBlocksScript(blocks: number, blockBytes: number): Buffer {
  return Buffer.from(`${RESULT}${HASH}i=0
while [ $i -lt ${blocks} ]; do
result block "$i $(dd bs=${blockBytes} skip=$i count=1 <data 2>/dev/null | hash)"
i=$((i + 1))
done
`);
}

/** How a finished file is stored. */
export interface FinishOptions {
  /** Lowercase, hexadecimal. */
  readonly sha256: string;
  readonly mode: number;
  readonly modifiedAt: Date | undefined;
}

/**
 * Compares the hash, sets times, owner and mode, and renames the file. Run again after a session was lost on the way,
 * it ends the same. Results: `hash` when it differs; `problem` and `text`; `done`.
 */
export function finishScript(destination: Destination, options: FinishOptions): Buffer {
  const { sha256, mode, modifiedAt } = options;
  const touch =
    modifiedAt === undefined
      ? ''
      : `m=$(TZ=UTC0 touch -t ${touchTime(modifiedAt)} data 2>&1) || { problem create "$m"; return; }\n`;
  return Buffer.concat([
    resolveScript(destination),
    Buffer.from(`${ENTER}${RESULT}${HASH}problem() { result problem "$1"; result text "$(line "$2")"; }
finish() {
if ! enter || [ ! -f data ]; then
if [ "$(hash <"$d")" = ${sha256} ]; then result done; else problem foreign; fi
return
fi
h=$(hash <data)
if [ "$h" != ${sha256} ]; then result hash "$h"; return; fi
if [ -d "$d" ]; then problem directory; return; fi
if [ -f "$d" ]; then set -- $(ls -n "$d"); chown "$3:$4" data; fi
${touch}m=$(chmod ${mode.toString(8).padStart(4, '0')} data 2>&1 && mv -f data "$d" 2>&1) || { problem create "$m"; return; }
result done
}
finish
cd /
rmdir "$t"
`),
  ]);
}

/** Removes the private directory, if it is there. Result: `removed` when there is none any more. */
export function removeScript(destination: Destination): Buffer {
  return Buffer.concat([
    resolveScript(destination),
    Buffer.from(`${ENTER}${RESULT}
if (enter); then rm -rf "$t"; fi
[ -d "$t" ] || result removed
`),
  ]);
}

/** `CCYYMMDDhhmm.SS`, in UTC (POSIX, touch -t). */
function touchTime(date: Date): string {
  const [day = '', time = ''] = date.toISOString().split('T');
  const [hours = '', minutes = '', seconds = ''] = time.split(':');
  return `${day.replaceAll('-', '')}${hours}${minutes}.${seconds.slice(0, 2)}`;
}

const QUOTE = 0x27;

/** A word of a POSIX shell, of any bytes but 0. */
export function quoteBytes(word: Buffer): Buffer {
  const quoted = [...word].flatMap((byte) =>
    byte === QUOTE ? [QUOTE, 0x5c, QUOTE, QUOTE] : [byte],
  );
  return Buffer.from([QUOTE, ...quoted, QUOTE]);
}
