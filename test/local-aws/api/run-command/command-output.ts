/** What the agent reports of a script that has ended. */
export interface ScriptOutput {
  readonly status: number;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

/** Bytes of the output in a list (agent, `iohandler.MaximumPluginOutputSize`). */
const LISTED_BYTES = 2500;
/** Bytes of stdout, and of stderr, in GetCommandInvocation (agent, `iohandler.DefaultOutputConfig`). */
const STDOUT_BYTES = 24_000;
const STDERR_BYTES = 8_000;
/** Texts that the agent adds (`iohandler.go`). */
const ERROR_TITLE = '\n----------ERROR-------\n';
const OUTPUT_CUT = '\n---Output truncated---';
const ERROR_CUT = '\n---Error truncated----';
const CUT = '--output truncated--';

/** Both outputs in one text, as the agent shortens them for a list (`TruncateOutput`). */
export function listedOutput({ stdout, stderr }: ScriptOutput): string {
  const title = stderr.length > 0 ? ERROR_TITLE : '';
  const room = LISTED_BYTES - title.length;
  const text = (bytes: Buffer, length = bytes.length): string =>
    bytes.subarray(0, Math.floor(length)).toString();
  if (stdout.length + stderr.length < room) return text(stdout) + title + text(stderr);
  const [isLong, isErrorLong] = [stdout.length > room / 2, stderr.length > room / 2];
  if (isLong && isErrorLong) {
    const half = (room - ERROR_CUT.length - OUTPUT_CUT.length) / 2;
    return text(stdout, half) + OUTPUT_CUT + title + text(stderr, half) + ERROR_CUT;
  }
  if (!isLong) {
    return text(stdout) + title + text(stderr, room - ERROR_CUT.length - stdout.length) + ERROR_CUT;
  }
  return text(stdout, room - OUTPUT_CUT.length - stderr.length) + OUTPUT_CUT + title + text(stderr);
}

/** Both outputs apart, as the agent shortens them (`pluginutil.StringPrefix`). */
export function separateOutput({ stdout, stderr }: ScriptOutput): {
  readonly StandardOutputContent: string;
  readonly StandardErrorContent: string;
} {
  return {
    StandardOutputContent: prefixOf(stdout, STDOUT_BYTES),
    StandardErrorContent: prefixOf(stderr, STDERR_BYTES),
  };
}

function prefixOf(bytes: Buffer, limit: number): string {
  if (bytes.length < limit) return bytes.toString();
  return bytes.subarray(0, limit - CUT.length).toString() + CUT;
}

/** What the agent adds to stderr of a script that has failed (`runscript.go`, `AppendError`). */
export function withFailure(output: ScriptOutput): ScriptOutput {
  if (output.status === 0) return output;
  const added = `failed to run commands: exit status ${output.status}`;
  return { ...output, stderr: Buffer.concat([output.stderr, Buffer.from(added)]) };
}
