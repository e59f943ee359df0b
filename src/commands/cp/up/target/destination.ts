import { Buffer } from 'node:buffer';
import { quoteRaw } from '../../../../cli/remote/quote-bytes.ts';

/** A file or directory on the target, and the private directory beside it in which the new one is made. */
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
export function resolveScript({ path, suffix }: Destination): Buffer {
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
`),
  ]);
}

/**
 * Enters the private directory, after a check that it is one: mode 700, of this user, in the parent. Only then can
 * no other user put a link into it, or put another directory in its place unnoticed.
 */
export const ENTER = `enter() {
cd "$t" && [ ! -L "$t" ] || return 1
set -- $(ls -di ..) $(ls -di "$p/.")
[ "$1" = "$3" ] || return 1
set -- $(ls -nd .)
case $1 in drwx--[-S]---*) ;; *) return 1;; esac
[ "$3" = "$(id -u)" ]
}
`;

export const RESULT = `result() { printf 'r %s %s\\n' "$1" "$2"; }
problem() { result problem "$1"; result text "$(line "$2")"; }
line() { printf %s "$1" | tr '\\n' ' '; }
hex() { printf %s "$1" | od -An -v -tx1 | tr -d ' \\n'; }
`;

/** SHA-256 of the input, in hexadecimal, by the first of three programs that is there; nothing without one. */
export const HASH = `hash() {
if command -v sha256sum >/dev/null 2>&1; then set -- $(sha256sum)
elif command -v shasum >/dev/null 2>&1; then set -- $(shasum -a 256)
else set -- $(openssl dgst -r -sha256); fi
printf %s "$1"
}
`;

/** What a script reports in the result `problem`. */
export type DestinationProblem =
  'directory' | 'file' | 'special' | 'parent' | 'create' | 'foreign' | 'hash' | 'tar' | 'unpack';
