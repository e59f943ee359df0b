import { resolveScript, type Destination } from '../up/target/destination.ts';
import { PRIVATE_DIRECTORY } from '../up/target/private-directory.ts';

/**
 * Checks where a directory shall be, and makes the private one. Results: `problem` and `text`; `umask`, that of the user
 * there. The archive must respect it: for root, tar ignores it.
 */
export function prepareTreeScript(destination: Destination): Buffer {
  return Buffer.concat([
    resolveScript(destination),
    Buffer.from(`${PRIVATE_DIRECTORY}prepare() {
if [ -e "$d" ] && [ ! -d "$d" ]; then problem file; return; fi
m=$(ls -d "$p/." 2>&1 >/dev/null) || { problem parent "$m"; return; }
command -v tar >/dev/null || { problem tar; return; }
make && take || return
result umask "$mask"
}
prepare
`),
  ]);
}

/**
 * Unpacks the archive `$f` of the private directory, and removes that. A missing directory appears when it is whole;
 * files are added to one that is there. Results: `hash` when it differs; `problem` and `text`; `done`.
 *
 * @param preserve - whether modes and times are those of the archive, and the umask does not count
 */
export function unpackTreeScript(
  destination: Destination,
  { sha256, preserve }: { readonly sha256: string; readonly preserve: boolean },
): Buffer {
  return Buffer.concat([
    resolveScript(destination),
    Buffer.from(`${PRIVATE_DIRECTORY}unpack() {
enter && isOwner || { problem foreign; return; }
h=$(hash <"$f")
[ -z "$gone" ] || return
if [ "$h" != ${sha256} ]; then result hash "$h"; return; fi
x=$d n=tree.$u
if [ ! -d "$d" ]; then x=$t/$n; m=$( (umask "$mask"; mkdir "$n") 2>&1) || { problem create "$m"; return; }; fi
(umask "$mask"; exec tar -x${preserve ? 'p' : 'm'}o -C "$x" -f "$f" >/dev/null 2>err) || { problem unpack "$(head -n 1 err)"; return; }
if [ -d "$n" ]; then
if [ -e "$d" ]; then problem appeared; return; fi
[ -z "$gone" ] || return
m=$(mv "$n" "$d" 2>&1) || { problem create "$m"; return; }
if [ -d "$d/$n" ]; then rm -rf "$d/$n"; problem appeared; return; fi
fi
result done
}
unpack
cd /
in=
rm -rf "$t"
`),
  ]);
}
