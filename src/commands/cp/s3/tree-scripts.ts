import { ENTER, HASH, RESULT, resolveScript, type Destination } from '../up/target/destination.ts';

/** Checks where a directory shall be, and makes the private one. Results: `problem` and `text`. */
export function prepareTreeScript(destination: Destination): Buffer {
  return Buffer.concat([
    resolveScript(destination),
    Buffer.from(`${RESULT}prepare() {
if [ -e "$d" ] && [ ! -d "$d" ]; then problem file; return; fi
m=$(ls -d "$p/." 2>&1 >/dev/null) || { problem parent "$m"; return; }
command -v tar >/dev/null || { problem tar; return; }
m=$(mkdir -m 700 "$t" 2>&1) || problem create "$m"
}
prepare
`),
  ]);
}

/**
 * Unpacks the archive `data` of the private directory, and removes that. A missing directory appears when it is whole;
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
    Buffer.from(`${ENTER}${RESULT}${HASH}unpack() {
enter || { problem foreign; return; }
h=$(hash <data)
if [ "$h" != ${sha256} ]; then result hash "$h"; return; fi
x=$d
if [ ! -d "$d" ]; then x=$t/tree; m=$( (umask "$mask"; mkdir tree) 2>&1) || { problem create "$m"; return; }; fi
(umask "$mask"; exec tar -x${preserve ? 'p' : 'm'}o -C "$x" -f data >/dev/null 2>err) || { problem unpack "$(head -n 1 err)"; return; }
if [ -d tree ]; then
if [ -e "$d" ]; then problem file; return; fi
m=$(mv tree "$d" 2>&1) || { problem create "$m"; return; }
fi
result done
}
unpack
cd /
rm -rf "$t"
`),
  ]);
}
