import { Buffer } from 'node:buffer';
import { quoteRaw } from '../../../../cli/remote/quote-bytes.ts';

/** A file or directory on the target, and the private directory in which the new one is made. */
export interface Destination {
  /** A directory that exists has the private one in it, because its parent may not be for the user to write. */
  readonly kind: 'file' | 'directory';
  /** As the user has written it: absolute, or relative to the home of the session user. */
  readonly path: Buffer;
  /** The end of the private directory's name: with a random part, or always the same, so that the next copy finds it. */
  readonly suffix: string;
  /** The random name of this copy: lowercase letters and digits. */
  readonly copy: string;
}

/**
 * Sets `d` to the absolute path, `p` to the parent of the private directory, `t` to that directory, and `f` to the name of
 * what is made in it, which is that of no other copy. Links are followed while they can be followed, as cp and scp
 * do: the kernel refuses to follow those that other users have put into /tmp (proc(5), protected_symlinks). A name
 * too long for another one beside it is replaced by its checksum.
 */
export function resolveScript({ kind, path, suffix, copy }: Destination): Buffer {
  const inside = kind === 'file' ? '' : `[ ! -d "$d" ] || { p=$d; t=$d/.${suffix}; }\n`;
  return Buffer.concat([
    Buffer.from('d='),
    quoteRaw(path),
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
u=${copy} f=data.${copy}
${inside}${RESULT}`),
  ]);
}

/** Functions with which a script reports its results. */
export const RESULT = `result() { printf 'r %s %s\\n' "$1" "$2"; }
problem() { result problem "$1"; result text "$(line "$2")"; }
line() { printf %s "$1" | tr '\\n' ' '; }
hex() { printf %s "$1" | od -An -v -tx1 | tr -d ' \\n'; }
`;

/** What a script reports in the result `problem`. */
export type DestinationProblem =
  | 'directory'
  | 'file'
  | 'special'
  | 'parent'
  | 'create'
  | 'foreign'
  | 'unowned'
  | 'busy'
  | 'appeared'
  | 'tar'
  | 'unpack';
