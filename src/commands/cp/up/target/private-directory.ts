/**
 * How long a copy that has taken the directory must have shown no life until another one takes it over, in seconds. A
 * session that works shows life at least every 30 s (KEEP_ALIVE_MS of session-watch.ts).
 */
const DEAD_SECONDS = 45;
/** How long a copy that was just stopped may show life, in seconds, before it counts as one that works. */
const ENDING_SECONDS = 5;

/**
 * `enter` goes into the private directory, after a check that it is one: of this user, in the parent, and writable for no
 * other user. Then no other user can put a link into it. Names in it are relative, so that another directory in its
 * place does no harm. Its mode may be wider than 700 on file systems that have one for all (CIFS, vfat).
 */
const ENTER = `enter() {
cd "$t" && [ ! -L "$t" ] && isOurs || { cd /; return 1; }
}
isOurs() {
set -- $(ls -di ..) $(ls -di "$p/.")
[ "$1" = "$3" ] || return 1
set -- $(ls -nd .)
case $1 in d????-??-*) ;; *) return 1;; esac
[ "$3" = "$(id -u)" ]
}
`;

/**
 * `make` makes the private directory and goes into it, and reports a problem otherwise. One that was made but cannot be
 * private, because its file system has other owners or modes, is removed again.
 *
 * `join` counts a session of the copy whose name `owner` has: the directory `lock` has a file for each. The last
 * one that leaves removes `lock`. `drop` removes everything; for that, `unlock` lets the owner write to directories that
 * were unpacked. A session that joins meanwhile would leave its file: so
 * `owner` goes first, and the session looks at it again.
 */
const MAKE = `make() {
made=
m=$(mkdir -m 700 "$t" 2>&1) && made=yes || [ -d "$t" ] || { problem create "$m"; return 1; }
enter && return
if [ -n "$made" ]; then rmdir "$t"; problem unowned; else problem foreign; fi
return 1
}
isOwner() { [ "$(cat owner 2>/dev/null)" = "$u" ]; }
join() {
isOwner || return 1
mkdir lock 2>/dev/null
echo >"lock/$$" && isOwner && { in=yes; return; }
rm -f "lock/$$"
rmdir lock
cd /
rmdir "$t"
return 1
}
unlock() {
for o in "$f" "tree.$u"; do [ ! -d "$o" ] || chmod -R u+rwx "$o"; done
}
drop() {
rm -f owner
unlock
cd /
in=
rm -rf "$t"
}
`;

/**
 * `take` makes the directory that of this copy, with the file `$f`, and what an earlier copy has left is in it. An
 * earlier copy that still shows life keeps the directory (`own`). The sessions of one that shows none may come back, and
 * one of them may have its file open: so it keeps that file, and the new copy takes a duplicate.
 */
const TAKE = `own() {
lost= n=0 quiet=0 a=
until mkdir lock 2>/dev/null; do
b=$(cat beat 2>/dev/null)
if [ "$a" = "$b" ]; then quiet=$((quiet + 1))
elif [ $n -ge ${ENDING_SECONDS} ]; then return 1
else quiet=0; fi
if [ $quiet -ge ${DEAD_SECONDS} ]; then
mv lock "lock.$u" && mkdir lock || return 1
rm -rf "lock.$u"
lost=yes
return
fi
a=$b n=$((n + 1))
sleep 1
[ -d "$t" ] && [ -z "$gone" ] || return 1
done
}
take() {
isOwner || own || { problem busy; return 1; }
echo "$u" >owner
join
set -- $(ls -S data.* 2>/dev/null)
case $1 in '' | "$f") return;; esac
if [ -n "$lost" ]; then m=$(cp "$1" copy 2>&1 && mv copy "$f" 2>&1); else m=$(mv "$1" "$f" 2>&1); fi || { rm -f copy; problem create "$m"; return 1; }
for o in data.*; do [ "$o" = "$f" ] || rm -f "$o"; done
}
`;

/** Functions for the private directory. */
export const PRIVATE_DIRECTORY = ENTER + MAKE + TAKE;
