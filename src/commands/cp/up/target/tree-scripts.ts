import { Buffer } from 'node:buffer';
import { resolveScript, type Destination } from './destination.ts';
import { PRIVATE_DIRECTORY } from './private-directory.ts';
import { chooseTree, moveTree, PREPARE_TREE, unpackTree } from './tree-steps.ts';

/**
 * Starts tar, whose input is the stream of descriptor 4. A missing directory is made in the private one, and moved when it
 * is whole; files are added to one that is there. Results: `problem` and `text`; `umask`, that of the user there. The
 * archive must respect it: for root, tar ignores it.
 *
 * Opening a FIFO waits for its other end, and tar may not have started: so this shell opens all of it before.
 *
 * @param preserve - whether modes and times are those of the archive, and the umask does not count
 */
export function startTarScript(destination: Destination, preserve: boolean): Buffer {
  return Buffer.concat([
    resolveScript(destination),
    Buffer.from(`${PRIVATE_DIRECTORY}start() {
${PREPARE_TREE}${chooseTree('$f')}m=$(mkfifo in 2>&1) || { problem create "$m"; return; }
exec 5<>in 6<in 4>in
(${unpackTree('- <&6', preserve)} >/dev/null 2>err 4>&- 5>&- 6<&-) &
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
