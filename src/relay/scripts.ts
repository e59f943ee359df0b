import { makePrivateDirectory } from '../lib/private-directory.ts';
import { quoteForShell } from '../lib/quote-for-shell.ts';
import { PERL_SOURCE, PYTHON_SOURCE } from './sources.ts';

/** How long the input session waits for the relay, in seconds: the start of one session. */
const RELAY_START_SECONDS = 60;

/** Exit statuses of both scripts if a target lacks something. */
export const RELAY_STATUS = {
  noDirectory: 3,
  noFifo: 4,
  noInterpreter: 5,
  noSudo: 6,
  noUser: 7,
  notAllowed: 8,
} as const;

/** A script that prints nothing, and succeeds if a relay can run. */
const HAS_PYTHON = `python3 -c 'import sys; sys.exit(sys.version_info < (3, 6))' 2>/dev/null`;
const HAS_PERL = `perl -e 'use 5.010; use Socket; use POSIX' 2>/dev/null`;

/**
 * The script of the input session, on a raw terminal (docs/design/relay.md#sessions). It makes two FIFOs that only its user may
 * use, prints their directory, and waits until the relay has opened them; then their names are removed. Its end, and that
 * of the relay, close them.
 *
 * A shell runs a trap while it waits, but not while a program runs in the foreground. In the background, stdin would be the
 * null device. The trap of a signal removes everything itself, because in dash and BusyBox its `exit` would run before the trap
 * of EXIT has removed anything.
 *
 * `dd` passes each read on at once. BusyBox's `cat` calls sendfile, which on a terminal of Linux 6.18 returned nothing.
 *
 * @param name - of the directory, which does not exist
 */
export function inputScript(name: string): string {
  return `\
${makePrivateDirectory(name, RELAY_STATUS.noDirectory)}
clean() { rm -f "$directory/input" "$directory/end"; rmdir "$directory" 2>/dev/null; }
copy= watch=
stop() { for child in $copy $watch; do kill "$child" 2>/dev/null; done; }
trap 'clean; stop' EXIT
trap "trap '' HUP INT TERM; clean; stop; exit 1" HUP INT TERM
mkfifo "$directory/input" "$directory/end" || exit ${RELAY_STATUS.noFifo}
(
  trap - EXIT HUP INT
  trap 'kill $nap; exit' TERM
  sleep ${RELAY_START_SECONDS} &
  nap=$!
  wait $nap
  kill -TERM $$
) </dev/null >/dev/null 2>&1 &
watch=$!
printf '%s\\n' "$directory"
exec 3>"$directory/input" 4<"$directory/end" 5<&0
clean
kill "$watch" 2>/dev/null
watch=
dd bs=65536 <&5 >&3 4<&- 2>/dev/null &
copy=$!
dd <&4 >/dev/null 2>&1 3>&- 5<&- &
watch=$!
exec 3>&- 4<&- 5<&-
wait "$watch"`;
}

/**
 * The script of the output session, which runs the relay. The shell keeps `end` open and the relay does not, so that the other
 * session notices the end of either. BusyBox replaces itself with a last command, so there is one after the relay. Python is
 * preferred, because it may compress.
 *
 * @param directory - a word of the shell: the path that {@link inputScript} has printed
 * @param user - as whom the relay runs, by `sudo -n`; undefined for the user of the session
 */
export function relayScript(directory: string, user: string | undefined): string {
  const prefix = user === undefined ? '' : '"$@" ';
  const run = (command: string): string => `${prefix}${command} 4>&-`;
  return `\
exec <${directory}/input 4>${directory}/end
ulimit -n "$(ulimit -H -n)" 2>/dev/null
${user === undefined ? '' : becomeUser(user)}if ${HAS_PYTHON}; then ${run(`python3 -c ${quoteForShell(PYTHON_SOURCE)}`)}
elif ${HAS_PERL}; then ${run(`perl -e ${quoteForShell(PERL_SOURCE)}`)}
else exit ${RELAY_STATUS.noInterpreter}
fi
exit "$?"`;
}

/**
 * Sets `$@` to the words that run a command as the user: none for the user of the session, because the target may have no sudo.
 * The reason is searched for only after a failure. sudo may read all of its stdin (`use_pty`), where the bytes for the relay are.
 */
function becomeUser(user: string): string {
  const name = quoteForShell(user);
  return `\
set --
[ "$(id -un 2>/dev/null)" = ${name} ] || set -- sudo -n -u ${name}
"$@" sh -c : </dev/null 4>&- || {
  command -v sudo >/dev/null || exit ${RELAY_STATUS.noSudo}
  id -u ${name} >/dev/null 2>&1 || exit ${RELAY_STATUS.noUser}
  exit ${RELAY_STATUS.notAllowed}
}
`;
}
