import { Buffer } from 'node:buffer';
import { ENTER, RESULT, resolveScript, type Destination } from './destination.ts';

/**
 * Starts tar, whose input is the stream of descriptor 4. A missing directory is made in the private one, and moved when it
 * is whole; files are added to one that is there. Owners of the archive are never set.
 *
 * @param preserve - whether modes and times are those of the archive, and the umask does not count
 */
export function startTarScript(destination: Destination, preserve: boolean): Buffer {
  return Buffer.concat([
    resolveScript(destination),
    Buffer.from(`${ENTER}${RESULT}start() {
if [ -e "$d" ] && [ ! -d "$d" ]; then problem file; return; fi
m=$(ls -d "$p/." 2>&1 >/dev/null) || { problem parent "$m"; return; }
command -v tar >/dev/null || { problem tar; return; }
m=$(mkdir -m 700 "$t" 2>&1) || { problem create "$m"; return; }
enter || { problem foreign; return; }
x=$d
if [ ! -d "$d" ]; then x=$t/data; m=$( (umask "$mask"; mkdir data) 2>&1) || { problem create "$m"; return; }; fi
m=$(mkfifo in 2>&1) || { problem create "$m"; return; }
(umask "$mask"; exec tar -x${preserve ? 'p' : 'm'}o -C "$x" -f - <in >/dev/null 2>err) &
exec 4>in
rm in
}
start
`),
  ]);
}

/** Ends the stream, waits for tar, and moves a new directory to its place. Results: `problem` and `text`; `done`. */
export function endTarScript(destination: Destination): Buffer {
  return Buffer.concat([
    resolveScript(destination),
    Buffer.from(`${RESULT}end() {
exec 4>&-
wait $! || { problem unpack "$(head -n 1 err)"; return; }
if [ -d data ]; then
if [ -e "$d" ]; then problem file; return; fi
m=$(mv data "$d" 2>&1) || { problem create "$m"; return; }
fi
result done
}
end
cd /
rm -rf "$t"
`),
  ]);
}
