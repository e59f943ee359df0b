import type { Marks } from '../../cli/remote/marks.ts';
import { terminalScript } from '../../cli/remote/terminal-command.ts';
import { quoteForShell } from '../../lib/quote-for-shell.ts';
import type { TerminalSize } from '../../protocol/terminal-size.ts';
import type { ShellSetup, Variable } from './shell-setup.ts';

/** Statuses of the script before the shell runs; sudo has 1 for its own failures (sudo(8), "EXIT VALUE"). */
export const SETUP_STATUS = {
  noUser: 3,
  noSudo: 4,
  noShell: 5,
  noLogin: 6,
  noDirectory: 7,
  notRaw: 8,
} as const;

/** How variables reach the script: by its terminal, up to a line that no value has by accident. */
export interface VariableTransfer {
  /** The shell command that prints that the terminal is raw and does not echo. */
  readonly printReady: string;
  readonly endLine: string;
}

/** What a script needs besides what the user has set. */
export interface ScriptParts {
  /** `printReady` comes right before the shell, `printEnd` after it: the agent reports no status of it. */
  readonly marks: Pick<Marks, 'printReady' | 'printEnd'>;
  readonly size: TerminalSize | undefined;
  /** Undefined without variables. */
  readonly transfer: VariableTransfer | undefined;
}

/**
 * The script that checks everything, becomes the user and runs the shell. The first shell survives the keys that interrupt a
 * command; a subshell gets their default back, and is replaced.
 */
export function setupScript(setup: ShellSetup, parts: ScriptParts): string {
  const { marks, size } = parts;
  const inner = innerScript(setup, parts);
  const lines = setup.user === undefined ? inner : asUser(setup.user, inner);
  return terminalScript(`(\n${lines}\n)`, marks, size);
}

/**
 * Without a password: before the shell runs, no keys are sent. For root, `runuser` of util-linux needs no setting;
 * `su` would take the terminal away (setsid), except that of BusyBox.
 */
function asUser(user: string, inner: string): string {
  return `\
user=${quoteForShell(user)}
inner=${quoteForShell(inner)}
id -u "$user" >/dev/null 2>&1 || exit ${SETUP_STATUS.noUser}
[ "$(id -u)" = "$(id -u "$user")" ] && exec sh -c "$inner"
if [ "$(id -u)" = 0 ] && command -v runuser >/dev/null; then exec runuser -u "$user" -- sh -c "$inner"
elif command -v sudo >/dev/null; then exec sudo -n -u "$user" -- sh -c "$inner"
elif [ "$(id -u)" = 0 ]; then exec su -s /bin/sh "$user" -c "$inner"
fi
exit ${SETUP_STATUS.noSudo}`;
}

/** Its own variables have a prefix: those that the session exports stay as they are. */
const FIND_ACCOUNT = `\
smp_name=$(id -un 2>/dev/null)
smp_entry=$(getent passwd "$smp_name" 2>/dev/null)
if [ -z "$smp_entry" ]; then
  while IFS= read -r smp_line; do
    case $smp_line in "$smp_name":*) smp_entry=$smp_line; break ;; esac
  done </etc/passwd
fi
smp_shell=\${smp_entry##*:}
smp_home=\${smp_entry%:*}
smp_home=\${smp_home##*:}
[ -n "$smp_shell" ] || smp_shell=\${SHELL:-/bin/sh}`;

/** As sudo and ssh do it. On macOS, no file has the home directory of a user. */
const TAKE_ACCOUNT = `\
export USER="$smp_name" LOGNAME="$smp_name" SHELL="$smp_shell"
[ -z "$smp_home" ] || export HOME="$smp_home"
cd "$HOME" 2>/dev/null || cd /`;

function innerScript(setup: ShellSetup, { marks, transfer }: ScriptParts): string {
  const { user, login, directory, command } = setup;
  const shell = setup.shell ?? (command === undefined ? undefined : 'sh');
  const arguments_ = [
    ...(login ? ['-l'] : []),
    ...(command === undefined ? [] : ['-c', quoteForShell(command)]),
  ];
  return [
    FIND_ACCOUNT,
    ...(user === undefined && !login ? [] : [TAKE_ACCOUNT]),
    shell === undefined ? CHECK_LOGIN_SHELL : findShell(shell),
    ...(directory === undefined ? [] : [enter(directory)]),
    ...(transfer === undefined ? [] : [takeVariables(transfer)]),
    marks.printReady,
    ['exec "$smp_shell"', ...arguments_].join(' '),
  ].join('\n');
}

const CHECK_LOGIN_SHELL = `\
case $smp_shell in */nologin | */false) exit ${SETUP_STATUS.noLogin} ;; esac
[ -x "$smp_shell" ] || exit ${SETUP_STATUS.noShell}`;

/** \`command -v\` of dash does not check a path. */
function findShell(shell: string): string {
  return `\
smp_shell=$(command -v ${quoteForShell(shell)} 2>/dev/null)
[ -x "$smp_shell" ] || exit ${SETUP_STATUS.noShell}`;
}

function enter(directory: string): string {
  const path = directory.startsWith('-') ? `./${directory}` : directory;
  return `CDPATH= cd ${quoteForShell(path)} >/dev/null 2>&1 || exit ${SETUP_STATUS.noDirectory}`;
}

/** Builtins only: no process has a value among its arguments. */
function takeVariables({ printReady, endLine }: VariableTransfer): string {
  return `\
smp_modes=$(stty -g) && stty raw -echo || exit ${SETUP_STATUS.notRaw}
${printReady}
smp_block=
while IFS= read -r smp_line && [ "$smp_line" != ${endLine} ]; do
  smp_block="$smp_block$smp_line
"
done
stty "$smp_modes"
eval "$smp_block"`;
}

/** The lines that set variables, with the line that ends them. */
export function variableLines(variables: readonly Variable[], endLine: string): Buffer {
  const lines = variables.map(({ name, value }) => `export ${name}=${quoteForShell(value)}`);
  return Buffer.from([...lines, endLine, ''].join('\n'));
}
