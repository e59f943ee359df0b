/**
 * How long a copy that has taken the directory must have shown no life until another one takes it over, in seconds. A
 * session that works shows life at least every 30 s (KEEP_ALIVE_MS of session-watch.ts).
 */
const DEAD_SECONDS = 45;

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
 * one that leaves removes `lock`.
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
: >"lock/$$" && in=yes
}
`;

/**
 * `take` makes the directory that of this copy, with the file `$f`, and what an earlier copy has left is in it. An
 * earlier copy that still shows life keeps it. If one only has not ended, its sessions may come back, and one may have its
 * file open: so it keeps that file, and the new copy takes a duplicate.
 */
const TAKE = `take() {
lost=
if ! isOwner && ! mkdir lock 2>/dev/null; then
a=$(cat beat 2>/dev/null)
sleep ${DEAD_SECONDS}
if [ "$a" != "$(cat beat 2>/dev/null)" ] || ! mv lock "lock.$u" || ! mkdir lock; then problem busy; return 1; fi
rm -rf "lock.$u"
lost=yes
fi
echo "$u" >owner
join
set -- $(ls -S data.* 2>/dev/null)
[ -n "$1" ] || return 0
if [ -n "$lost" ]; then m=$(cp "$1" copy 2>&1 && mv copy "$f" 2>&1); else m=$(mv "$1" "$f" 2>&1); fi || { problem create "$m"; return 1; }
for o in data.*; do [ "$o" = "$f" ] || rm -f "$o"; done
}
`;

/** Functions for the private directory. */
export const PRIVATE_DIRECTORY = ENTER + MAKE + TAKE;
