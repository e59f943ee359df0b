import { resolveScript, type Destination } from '../up/target/destination.ts';
import { PRIVATE_DIRECTORY } from '../up/target/private-directory.ts';
import { chooseTree, moveTree, PREPARE_TREE, unpackTree } from '../up/target/tree-steps.ts';

/**
 * Checks where a directory shall be, and makes the private one. Results: `problem` and `text`; `umask`, that of the user
 * there. The archive must respect it: for root, tar ignores it.
 */
export function prepareTreeScript(destination: Destination): Buffer {
  return Buffer.concat([
    resolveScript(destination),
    Buffer.from(`${PRIVATE_DIRECTORY}prepare() {
${PREPARE_TREE}result umask "$mask"
}
prepare
`),
  ]);
}

/**
 * Unpacks the archive `$f` of the private directory, and removes that. A missing directory appears when it is whole;
 * files are added to one that is there. Results: `hash` when it differs; `problem` and `text`; `done`.
 *
 * @param mode - permission bits of a new directory
 * @param preserve - whether modes and times are those of the archive, and the umask does not count
 */
export function unpackTreeScript(
  destination: Destination,
  options: { readonly sha256: string; readonly mode: number; readonly preserve: boolean },
): Buffer {
  const { sha256, mode, preserve } = options;
  return Buffer.concat([
    resolveScript(destination),
    Buffer.from(`${PRIVATE_DIRECTORY}unpack() {
enter && isOwner || { problem foreign; return; }
h=$(hash <"$f")
[ -z "$gone" ] || return
if [ "$h" != ${sha256} ]; then result hash "$h"; return; fi
n=tree.$u
${chooseTree('$n')}(${unpackTree('"$f"', preserve)} >/dev/null 2>err) || { problem unpack "$(head -n 1 err)"; return; }
[ -z "$gone" ] || return
${moveTree('$n', mode)}result done
}
unpack
unlock
cd /
in=
rm -rf "$t"
`),
  ]);
}
