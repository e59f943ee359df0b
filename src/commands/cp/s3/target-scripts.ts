import { quoteForShell } from '../../../lib/quote-for-shell.ts';
import { RESULT } from '../up/target/destination.ts';

/** Seconds without a byte after which a request of the target has failed. */
const SILENCE_SECONDS = 60;
/**
 * Runs a request. `s` is its status, and `m` what it has written: nothing is stored, because the current directory may be
 * any. Meanwhile the size of the file `$f` is reported: the program sees how far the request is.
 */
const WATCHED = `report() { while sleep 2 </dev/null >/dev/null 2>&1; do result size "$(size)"; done; }
size() { set -- $(ls -n "$f" 2>/dev/null); echo "\${5:-0}"; }
watched() {
report & r=$!
m=$("$@" 2>&1)
s=$?
kill $r
wait $r
}
`;

/** A request of curl. Its URL is read from stdin: the list of processes shows the arguments to all users. */
const CURL = `-q -g -fsS --connect-timeout 30 --speed-limit 1 --speed-time ${SILENCE_SECONDS} --config -`;
const SILENCE = `-T ${SILENCE_SECONDS}`;
const WGET = `-q ${SILENCE} -t 1`;

/** `room PROBLEM` reports that nothing can be stored in the current directory: many programs do not report why they failed. */
const ROOM = `room() { w=$(dd if=/dev/zero of=room bs=65536 count=16 2>&1) || problem "$1" "$w"; rm -f room; }
`;

/**
 * What a script reports about a request: `problem` tool when no program can send it; `status`, 0 when it was sent, and
 * `text`, what the program has written. That of curl may be among the lines of an answer.
 */
const REQUEST = `has() { command -v "$1" >/dev/null 2>&1; }
# BusyBox has a wget that takes no URL from a file.
has_wget() { has wget && wget --help 2>&1 | grep -q -e --input-file; }
by_curl() { printf 'url = "%s"\\n' "$url" | curl ${CURL} "$@"; }
by_wget() { printf '%s\\n' "$url" | wget ${WGET} "$@" -i -; }
# The wget of BusyBox on Debian is built without a time-out.
by_small_wget() {
if wget --help 2>&1 | grep -q -e '-T SEC'; then set -- ${SILENCE} "$@"; fi
wget -q "$@" "$url"
}
written() { printf '%s\\n' "$m" | sed -n "$1" | tr -d '\\r'; }
ended() {
result status $s
[ $s = 0 ] && return
w=$(written '/^curl: /{p;q;}')
result text "$(line "\${w:-$(written 's/^ *//;/./{p;q;}')}")"
}
`;

/**
 * Reads an object into the file `$f` of the current directory, from where an earlier request has ended. Results:
 * `size` of the file, several times, and those of a request.
 *
 * @param url - a secret
 */
export function fetchScript(url: string): Buffer {
  return Buffer.from(`${RESULT}${WATCHED}${REQUEST}${ROOM}url=${quoteForShell(url)}
fetch() {
if has curl; then by_curl -C - -o "$f"
elif has_wget; then by_wget -c -O "$f"
else by_small_wget -c -O "$f"
fi
}
if has curl || has wget; then
watched fetch
ended
[ $s = 0 ] || room create
result size "$(size)"
else result problem tool; fi
unset url
`);
}

/** A directory for what a target keeps while it sends. */
export interface WorkDirectory {
  /** Absolute, and of the user. */
  readonly parent: string;
  /** No other copy has it. */
  readonly name: string;
}

/**
 * Makes the directory, and enters it. When the session is lost, the receiver calls `leave`: then the directory goes, too.
 * Result: `problem` and `text` when it cannot.
 */
export function workScript({ parent, name }: WorkDirectory): Buffer {
  return Buffer.from(`${RESULT}t=${quoteForShell(`${parent}/${name}`)}
leave() {
trap '' HUP
cd /
rm -rf "$t" || { sleep 1; rm -rf "$t"; }
}
m=$(mkdir -m 700 "$t" 2>&1 && cd "$t" 2>&1) && cd "$t" || problem create "$m"
`);
}

/** Removes the directory. Result: `removed`. */
export function removeWorkScript({ parent, name }: WorkDirectory): Buffer {
  const path = quoteForShell(`${parent}/${name}`);
  return Buffer.from(`${RESULT}cd /
rm -rf ${path}
[ -e ${path} ] || result removed
`);
}

/** Sends a file, whose path is in `f`. Results: those of a request. */
function sendFile(url: string, before: string): string {
  return `${RESULT}${WATCHED}${REQUEST}url=${quoteForShell(url)}
${before}
send() {
if has curl; then by_curl -o /dev/null -D - -T "$f"
else by_wget -S -O /dev/null --method=PUT --body-file="$f"
fi
}
if has curl || has_wget; then
watched send
result tag "$(written 's/^ *[Ee][Tt][Aa][Gg]: *//p')"
ended
else result problem tool; fi
unset url
`;
}

/**
 * Sends a whole file.
 *
 * @param setPath - sets `f` to its path
 */
export function sendScript(url: string, setPath: string): Buffer {
  return Buffer.from(sendFile(url, `${setPath}\n[ -r "$f" ] || problem unreadable`));
}

/**
 * Starts a script whose output is sent in parts. It is read as descriptor 5. The receiver ignores SIGPIPE, which must end
 * the script when nothing is read any more.
 *
 * @param script - prints what is sent
 */
export function startPipeScript(script: string): Buffer {
  return Buffer.from(`${RESULT}start() {
m=$(mkfifo out copy 2>&1) || { problem create "$m"; return; }
hash <copy >sum &
hashing=$!
(trap - PIPE; ( (cd /; eval ${quoteForShell(script)}) 2>failure; echo $? >status ) | tee copy >out) &
sending=$!
exec 5<out
rm out
}
start
`);
}

/** Bytes that are read at once; descriptor 5 is read by as many programs as a part has of them. */
const PIPE_READ_BYTES = 1024 * 1024;

/** Reads the next part into a file. Result: `part`, its size. */
export function readPartScript(partBytes: number): Buffer {
  return Buffer.from(`${RESULT}${ROOM}i=0 ended=
while [ -z "$ended" ] && [ $i -lt ${Math.ceil(partBytes / PIPE_READ_BYTES)} ]; do
exact ${Math.min(PIPE_READ_BYTES, partBytes)} || ended=yes
i=$((i + 1))
done <&5 >data
[ -z "$ended" ] || room room
set -- $(ls -n data)
result part "$5"
`);
}

/** Sends the part. Results: those of a request, and `tag`. */
export function sendPartScript(url: string): Buffer {
  return Buffer.from(sendFile(url, 'f=data'));
}

/** Ends the pipe. Results: `sum`, the SHA-256 of everything; `status` and `text` of the script. */
export function endPipeScript(): Buffer {
  return Buffer.from(`${RESULT}exec 5<&-
wait $hashing $sending
result sum "$(cat sum)"
result status "$(cat status)"
result text "$(line "$(head -n 1 failure)")"
`);
}
