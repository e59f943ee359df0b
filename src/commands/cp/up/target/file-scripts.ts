import { Buffer } from 'node:buffer';
import { ENTER, HASH, RESULT, resolveScript, type Destination } from './destination.ts';

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
    Buffer.from(`${ENTER}${RESULT}${HASH}prepare() {
if [ -d "$d" ]; then problem directory; return; fi
if [ -e "$d" ] && [ ! -f "$d" ]; then problem special; return; fi
m=$(ls -d "$p/." 2>&1 >/dev/null) || { problem parent "$m"; return; }
[ "$(hash </dev/null)" = e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 ] || { problem hash; return; }
m=$(mkdir -m 700 "$t" 2>&1) || [ -d "$t" ] || { problem create "$m"; return; }
enter || { problem foreign; return; }
result partial "$(hex "$t/data")"
if [ -f data ]; then set -- $(ls -n data); result size "$5"; fi
m=$( (: >>data${fitsSize}) 2>&1) || { cd /; [ -n "$2" ] || rm -rf "$t"; problem create "$m"; }
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
    Buffer.from(`${ENTER}${RESULT}${HASH}finish() {
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
