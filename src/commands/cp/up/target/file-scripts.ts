import { Buffer } from 'node:buffer';
import { resolveScript, type Destination } from './destination.ts';
import { PRIVATE_DIRECTORY } from './private-directory.ts';

/**
 * Checks the destination and makes the private directory with an empty file of the final size, or the file of an earlier
 * attempt. Results: `partial`, the path of that file in hexadecimal; `size`, how much was there before; or
 * `problem` and `text`.
 *
 * @param size - bytes of the file; undefined where it is not known
 * @param keeps - whether an unfinished file stays for the next copy
 */
export function prepareScript(
  destination: Destination,
  size: number | undefined,
  keeps: boolean,
): Buffer {
  const fitsSize =
    size === undefined ? '' : ` && dd if=/dev/null of="$f" bs=1 seek=${size} count=0 2>/dev/null`;
  return Buffer.concat([
    resolveScript(destination),
    Buffer.from(`${PRIVATE_DIRECTORY}prepare() {
if [ -d "$d" ]; then problem directory; return; fi
if [ -e "$d" ] && [ ! -f "$d" ]; then problem special; return; fi
m=$(ls -d "$p/." 2>&1 >/dev/null) || { problem parent "$m"; return; }
make || return
keep=${keeps ? 'yes' : ''}
take || return
result partial "$(hex "$t/$f")"
old=
if [ -f "$f" ]; then set -- $(ls -n "$f"); result size "$5"; old=yes; fi
m=$( (: >>"$f"${fitsSize}) 2>&1) && return
problem create "$m"
[ -n "$old" ] || drop
}
prepare
`),
  ]);
}

/** Enters the directory that {@link prepareScript} has made, in another session. Its status is 0 if it is there. */
export function enterScript(destination: Destination, keeps: boolean): Buffer {
  return Buffer.concat([
    resolveScript(destination),
    Buffer.from(`${PRIVATE_DIRECTORY}keep=${keeps ? 'yes' : ''}\nenter && join\n`),
  ]);
}

/** Reports the SHA-256 of each block of the file: results `block`, with its number and the hash. */
export function hashBlocksScript(blocks: number, blockBytes: number): Buffer {
  return Buffer.from(`i=0
while [ $i -lt ${blocks} ]; do
result block "$i $(dd bs=${blockBytes} skip=$i count=1 <"$f" 2>/dev/null | hash)"
i=$((i + 1))
done
`);
}

/** How a finished file is stored. */
export interface FinishOptions {
  /** Lowercase, hexadecimal. */
  readonly sha256: string;
  /** Permission bits. */
  readonly mode: number;
  /** With it, the file gets exactly this time and mode. Without it, it gets the mode of a file that it replaces. */
  readonly modifiedAt: Date | undefined;
}

/**
 * Compares the hash, sets times, owner and mode, and renames the file. Run again after a session was lost on the way,
 * it ends the same. Results: `hash` when it differs; `problem` and `text`; `done`.
 *
 * A directory that appears at the destination meanwhile would get the file: then it is removed from there.
 */
export function finishScript(destination: Destination, options: FinishOptions): Buffer {
  const { sha256, mode, modifiedAt } = options;
  const octal = mode.toString(8).padStart(4, '0');
  const touch =
    modifiedAt === undefined
      ? ''
      : `m=$(TZ=UTC0 touch -t ${touchTime(modifiedAt)} "$f" 2>&1) || { problem create "$m"; return; }\n`;
  const keepMode = modifiedAt === undefined ? '; a=$(modeOf "$1")' : '';
  const newMode = modifiedAt === undefined ? `$(printf %o $((${octal} & ~$mask)))` : octal;
  return Buffer.concat([
    resolveScript(destination),
    Buffer.from(`${PRIVATE_DIRECTORY}bits() { printf '%s\\n' "$1" | cut -c"$2" | tr st xx | tr -d 'ST\\n-'; }
modeOf() { echo "u=$(bits "$1" 2-4),g=$(bits "$1" 5-7),o=$(bits "$1" 8-10)"; }
finish() {
if ! enter || [ ! -f "$f" ]; then
if [ "$(hash <"$d")" = ${sha256} ]; then result done; else problem foreign; fi
return
fi
isOwner || { problem busy; return; }
h=$(hash <"$f")
[ -z "$gone" ] || return
if [ "$h" != ${sha256} ]; then result hash "$h"; return; fi
if [ -d "$d" ]; then problem directory; return; fi
a=${newMode}
if [ -f "$d" ]; then set -- $(ls -n "$d"); chown "$3:$4" "$f"${keepMode}; fi
${touch}[ -z "$gone" ] || return
m=$(chmod "$a" "$f" 2>&1 && mv -f "$f" "$d" 2>&1) || { problem create "$m"; return; }
if [ -d "$d" ]; then rm -f "$d/$f"; problem directory; return; fi
result done
drop
}
finish
`),
  ]);
}

/** Other sessions of the copy have ended, but what they have started there may still make its file. */
const GONE = `gone() {
n=0
while [ -d "$t" ] && [ $n -lt 5 ] && enter; do
drop
n=$((n + 1))
[ ! -d "$t" ] || sleep 1
done
}
`;

/** Removes the private directory, if it is there. Result: `removed` when there is none any more. */
export function removeScript(destination: Destination): Buffer {
  const beside = 'gone\n';
  // The directory may have come or gone since the start.
  const both = `${beside}p=\${d%/*}\n[ -n "$p" ] || p=/\nt=\${d%/*}/.$b.${destination.suffix}\n`;
  return Buffer.concat([
    resolveScript(destination),
    Buffer.from(
      `${PRIVATE_DIRECTORY}${GONE}${destination.kind === 'file' ? '' : both}${beside}[ -d "$t" ] || result removed\n`,
    ),
  ]);
}

/** `touch -t` has years of four digits. */
const EARLIEST = 0;
const LATEST = Date.UTC(9999, 11, 31);

/** `CCYYMMDDhhmm.SS`, in UTC (POSIX, touch -t). */
function touchTime(date: Date): string {
  const nearest = new Date(Math.min(Math.max(date.getTime(), EARLIEST), LATEST));
  const [day = '', time = ''] = nearest.toISOString().split('T');
  const [hours = '', minutes = '', seconds = ''] = time.split(':');
  return `${day.replaceAll('-', '')}${hours}${minutes}.${seconds.slice(0, 2)}`;
}
