import { commandFailures } from '../../failures/commands.ts';
import { quoteForShell } from '../../lib/quote-for-shell.ts';
import type { PlatformType } from '../../aws/aws.ts';
import { CommandError } from '../framework/command-context.ts';

/** Shells that `--shell` names: those of POSIX by their `-c`, those of PowerShell by `-EncodedCommand`. */
export const SHELL_NAMES = ['sh', 'bash', 'zsh', 'powershell', 'pwsh'] as const;
export type ShellName = (typeof SHELL_NAMES)[number];

/** Where a command runs, if that is known. */
export interface CommandTarget {
  /** Undefined when Systems Manager has not reported it. */
  readonly platform: PlatformType | undefined;
  /** Undefined for the platform's own. */
  readonly shell: ShellName | undefined;
}

/** Characters of a parameter's value (Systems Manager API, SessionManagerParameterValue). */
const PARAMETER_CHARACTERS = 65_535;
/**
 * Characters of a command line on Windows (CreateProcessW: 32 767 with the zero at its end), less the path of
 * powershell.exe, which the agent puts before the words.
 */
const WINDOWS_COMMAND_LINE_CHARACTERS = 32_766 - 128;

/** The shell that reads a command: that of `--shell`, else the platform's; Linux where it is not known. */
export function chooseShell({ platform, shell }: CommandTarget): ShellName {
  const isWindows = platform === 'Windows';
  if (shell === undefined) return isWindows ? 'powershell' : 'sh';
  if (isWindows && shell !== 'powershell') {
    throw new CommandError(commandFailures['shell-not-on-windows'](shell));
  }
  if (shell === 'powershell' && platform !== undefined && !isWindows) {
    throw new CommandError(commandFailures['shell-only-on-windows'](platform));
  }
  return shell;
}

/**
 * Progress would be written to stderr as XML; and without a console Windows PowerShell writes in the code
 * page of the machine, while sessions are UTF-8. There may be no console at all.
 */
const POWERSHELL_BEFORE = [
  "$ProgressPreference='SilentlyContinue'",
  'try{[Console]::OutputEncoding=New-Object Text.UTF8Encoding $false}catch{}',
];
/** PowerShell alone would end with 0 or 1, and lose the status of a failed program. */
const POWERSHELL_AFTER = 'if($?){exit 0}elseif($LASTEXITCODE){exit $LASTEXITCODE}else{exit 1}';

/**
 * Errors as text (not as XML), without the user's profile, and without questions, because there is no input.
 */
const POWERSHELL_OPTIONS = '-NoLogo -NoProfile -NonInteractive -OutputFormat Text';

/**
 * The text of a command that makes a shell of the target read a script. The agent runs no shell: it splits
 * the text into words by shlex, whose quotes are those of POSIX shells, and executes them; on Windows they
 * are the arguments of powershell.exe (docs/design/agent.md#commands).
 *
 * @throws CommandError when the text is longer than the service or the target takes
 */
export function wrapScript(script: string, shell: ShellName): string {
  switch (shell) {
    case 'sh':
    case 'bash':
    case 'zsh':
      return checkLength(`${shell} -c ${quoteForAgent(script)}`, shell, PARAMETER_CHARACTERS);
    case 'pwsh':
      return checkLength(`pwsh ${encodeForPowerShell(script)}`, shell, PARAMETER_CHARACTERS);
    case 'powershell':
      return checkLength(encodeForPowerShell(script), shell, WINDOWS_COMMAND_LINE_CHARACTERS);
  }
}

/**
 * Lines of a script for the shells of Run Command, `sh` and PowerShell, which end with the status of the command. The
 * service and the agent replace `{{ name }}` in them, as in sessions: a script with these braces is encoded.
 *
 * @throws CommandError when the script is longer than the service or the target takes
 */
export function scriptLines(
  script: string,
  shell: ShellName,
  isWindows: boolean,
): readonly string[] {
  const hasBraces = script.includes('{{');
  if (isWindows) {
    const lines = [...POWERSHELL_BEFORE, script, POWERSHELL_AFTER];
    return hasBraces
      ? [`powershell.exe ${wrapScript(script, 'powershell')}`, 'exit $LASTEXITCODE']
      : lines;
  }
  return [shell === 'sh' && !hasBraces ? script : wrapScript(script, shell)];
}

/**
 * A word for shlex. The agent replaces `{{ name }}` by a parameter of the document or of Parameter Store,
 * also in commands, and a session whose parameter does not exist never begins. It may also turn two dollar
 * signs into one. Quotes between the two characters prevent both.
 */
function quoteForAgent(script: string): string {
  return quoteForShell(script).replace(/([{$])(?=\1)/g, "$1''");
}

/**
 * The text of an interactive command that makes `sh` read a script. On instances the agent's own `sh` reads the text, and
 * is replaced: it would end at a Ctrl-C that the script survives. In containers the agent splits the text into words
 * (docs/design/agent.md#commands).
 *
 * @param targetId - what StartSession takes as `Target`
 * @throws CommandError when the text is longer than the service takes
 */
export function wrapInteractive(script: string, targetId: string): string {
  const text = wrapScript(script, 'sh');
  return isContainer(targetId) ? text : `exec ${text}`;
}

/** Whether a target is an ECS container, where the agent runs no shell. */
export function isContainer(targetId: string): boolean {
  return targetId.startsWith('ecs:');
}

function checkLength(text: string, shell: ShellName, limit: number): string {
  const { length } = Array.from(text);
  if (length <= limit) return text;
  const owner = limit === PARAMETER_CHARACTERS ? 'Systems Manager' : 'Windows';
  throw new CommandError(commandFailures['command-too-long'](length, shell, owner, limit));
}

/**
 * Arguments with which PowerShell runs a script and ends with the status of its last statement
 * (about_PowerShell_exe, `-EncodedCommand`: Base64 of UTF-16, least significant byte first). None of them
 * needs quotes.
 */
function encodeForPowerShell(script: string): string {
  const whole = [...POWERSHELL_BEFORE, script, POWERSHELL_AFTER].join('\n');
  return `${POWERSHELL_OPTIONS} -EncodedCommand ${Buffer.from(whole, 'utf16le').toString('base64')}`;
}
