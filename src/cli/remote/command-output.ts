import { PayloadType } from '../../protocol/payload-type.ts';
import { createPrefixRemover } from '../../protocol/separator-prefix.ts';
import type { OutputFilter } from '../../session/shell/output-filter.ts';
import type { CommandSettings } from './command-document.ts';

/** Bytes of stderr that are enough to detect that the target has another shell: its error comes first. */
const MISSING_SHELL_BYTES = 2048;
/** PowerShell has looked for a command called sh: in any language, and wherever lines are broken. */
const NO_SH = '(sh:String)[],CommandNotFoundException';
/** The agent on another system has looked for a program of the name of PowerShell's first option. */
const NO_POWERSHELL = 'exec:"-NoLogo":';

const NOTHING = Buffer.alloc(0);

/** Removes what the agent adds to a command's output, and detects from it which shell the target has. */
export interface CommandOutput {
  readonly filter: OutputFilter;
  /** What stderr has shown about the target; undefined for nothing. */
  readonly target: 'is-windows' | 'is-not-windows' | undefined;
}

/** @param settings - of the document that runs the command */
export function createCommandOutput({
  stdoutPrefix,
  stderrPrefix,
}: Pick<CommandSettings, 'stdoutPrefix' | 'stderrPrefix'>): CommandOutput {
  const stdout = createPrefixRemover(stdoutPrefix);
  const stderr = createPrefixRemover(stderrPrefix);
  let hasStatus = false;
  let beginning = '';
  return {
    filter: {
      take(payloadType, payload) {
        switch (payloadType) {
          case PayloadType.Output:
            return stdout.take(payload);
          case PayloadType.StdErr: {
            // After the status the agent itself writes why it could not start the command.
            const content = hasStatus ? payload : stderr.take(payload);
            if (beginning.length < MISSING_SHELL_BYTES) beginning += content.toString('latin1');
            return content;
          }
          case PayloadType.ExitCode:
            hasStatus = true;
        }
        return payload;
      },
      rest: () => NOTHING,
      exitStatus: undefined,
    },
    get target() {
      const text = beginning.replace(/\s+/g, '');
      if (text.includes(NO_SH)) return 'is-windows';
      return text.includes(NO_POWERSHELL) ? 'is-not-windows' : undefined;
    },
  };
}
