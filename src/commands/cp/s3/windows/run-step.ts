import { Writable } from 'node:stream';
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
    const stdout = readLines((line) => {
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

/** What is longer than a line may be is dropped. */
function readLines(onLine: (line: string) => void): Writable {
  let rest = Buffer.alloc(0);
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      rest = Buffer.concat([rest, chunk]);
      for (let end = rest.indexOf('\n'); end !== -1; end = rest.indexOf('\n')) {
        onLine(rest.toString('utf8', 0, end).trimEnd());
        rest = rest.subarray(end + 1);
      }
      if (rest.length > WINDOWS_LINE_BYTES) rest = Buffer.alloc(0);
      done();
    },
  });
}
