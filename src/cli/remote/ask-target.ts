import { Writable } from 'node:stream';
import type { Remote } from './remote.ts';
import { startCommand } from './start-command.ts';

/** More than the answers of any target: what comes after it is dropped. */
const LONGEST_ANSWER_BYTES = 64 * 1024;

/**
 * Runs a script that prints facts about the target.
 *
 * @returns what it printed, which may come from any program there; undefined when the command was stopped
 * @throws AwsError, CommandError or SessionError when it cannot be run
 */
export async function askTarget(remote: Remote, script: string): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  const stdout = new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (size < LONGEST_ANSWER_BYTES) chunks.push(Buffer.from(chunk));
      size += chunk.length;
      done();
    },
  });
  const stderr = new Writable({ write: (_chunk, _encoding, done) => done() });
  const command = await startCommand(remote, script, { stdout, stderr });
  const end = await command.ended;
  if (end.kind === 'lost') throw end.error;
  return end.kind === 'stopped' ? undefined : Buffer.concat(chunks).toString();
}
