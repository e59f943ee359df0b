import { Buffer } from 'node:buffer';
import { resolveScript, type Destination } from './destination.ts';
import { moveTree } from './move-tree.ts';
import { PRIVATE_DIRECTORY } from './private-directory.ts';

/**
 * Starts tar, whose input is the stream of descriptor 4. A missing directory is made in the private one, and moved when it
 * is whole; files are added to one that is there. Owners of the archive are never set. Result: `umask`, that of the
 * user there. The archive must respect it: for root, tar ignores it.
 *
 * As a user other than root, BusyBox's tar does not set permissions, but makes all by those of the archive and the umask.
 *
 * Opening a FIFO waits for its other end, and tar may not have started: so this shell opens all of it before.
 *
 * @param preserve - whether modes and times are those of the archive, and the umask does not count
 */
export function startTarScript(destination: Destination, preserve: boolean): Buffer {
  return Buffer.concat([
    resolveScript(destination),
    Buffer.from(`${PRIVATE_DIRECTORY}start() {
if [ -e "$d" ] && [ ! -d "$d" ]; then problem file; return; fi
m=$(ls -d "$p/." 2>&1 >/dev/null) || { problem parent "$m"; return; }
command -v tar >/dev/null || { problem tar; return; }
make && take || return
x=$d
if [ ! -d "$d" ]; then x=$t/$f; m=$(mkdir "$f" 2>&1) || { problem create "$m"; return; }; fi
m=$(mkfifo in 2>&1) || { problem create "$m"; return; }
exec 5<>in 6<in 4>in
(umask ${preserve ? '0' : '"$mask"'}; exec tar -x${preserve ? 'p' : 'm'}o -C "$x" -f - <&6 >/dev/null 2>err 4>&- 5>&- 6<&-) &
w=$!
exec 5>&- 6<&-
rm in
result umask "$mask"
}
start
`),
  ]);
}

/**
 * Ends the stream, waits for tar, and moves a new directory to its place, in the session that has started tar. Results:
 * `problem` and `text`; `done`.
 *
 * @param mode - permission bits of a new directory
 */
export function endTarScript(mode: number): Buffer {
  return Buffer.from(`end() {
exec 4>&-
wait $w || { problem unpack "$(head -n 1 err)"; return; }
${moveTree('$f', mode)}result done
}
end
drop
`);
}
