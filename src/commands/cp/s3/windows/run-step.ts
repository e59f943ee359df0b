import { Writable } from 'node:stream';
import { readLines } from '../../../../cli/remote/read-lines.ts';
import type { Remote } from '../../../../cli/remote/remote.ts';
import { startCommand } from '../../../../cli/remote/start-command.ts';
import { s3Failures } from '../../../../failures/copies/s3.ts';
import { SessionError } from '../../../../lib/errors/session-error.ts';
import { printable } from '../../../../lib/printable.ts';
import { stepScript } from './step-scripts.ts';
import { stepResultName, type RunStep, type StepResultName } from './windows-step.ts';

/** Bytes of a line: a path, or a message of Windows. */
const WINDOWS_LINE_BYTES = 64 * 1024;
/** Bytes of what PowerShell writes itself, which failures quote. */
const WINDOWS_QUOTED_BYTES = 300;

/** Steps on a target with Windows. The script of each is a parameter of its session. */
export function stepsOn(remote: Remote): RunStep {
  return async (step, { signal, onResult }) => {
    const results = new Map<StepResultName, string>();
    const stdout = readLines(WINDOWS_LINE_BYTES, (bytes) => {
      const line = bytes.toString().trimEnd();
      const [word = ''] = line.split(' ', 1);
      const name = stepResultName(word);
      if (name === undefined) return;
      const value = Buffer.from(line.slice(word.length + 1), 'base64').toString();
      results.set(name, value);
      onResult?.(name, value);
    });
    let errorText = '';
    const stderr = new Writable({
      write(chunk: Buffer, _encoding, done) {
        errorText += chunk.toString('utf8', 0, WINDOWS_QUOTED_BYTES - errorText.length);
        done();
      },
    });
    // Its own signal: cleanup needs a session after the user has stopped the copy.
    const command = await startCommand(
      { ...remote, stopped: signal },
      stepScript(step),
      { stdout, stderr },
      'powershell',
    );
    const end = await command.ended;
    signal.throwIfAborted();
    if (end.kind === 'lost') throw end.error;
    if (results.has('ended') || results.has('problem')) return results;
    const why = printable(errorText.trim());
    throw new SessionError(s3Failures['s3-powershell-failed'](remote.target.title, why));
  };
}
