import { CommandError, type CommandContext } from '../../cli/framework/command-context.ts';
import { EXIT_OWN_FAILURE } from '../../cli/framework/failure.ts';
import { createRecording } from '../../cli/recording/record-session.ts';
import { createRecordingFile } from '../../cli/recording/recording-file.ts';
import type { SessionRecorder } from '../../session/shell/session-recorder.ts';

/** What is recorded, and where. */
export interface RecordingRequest {
  /** The new file. */
  readonly path: string;
  /** Whether keys are recorded, too. */
  readonly withInput: boolean;
}

/**
 * Runs a session that is recorded, and sets the exit status: that of the session, unless that is 0 and the recording is
 * incomplete.
 *
 * @throws CommandError when the file exists or cannot be created; the session is not started then
 */
export async function recordShell(
  context: CommandContext,
  { path, withInput }: RecordingRequest,
  run: (recorder: SessionRecorder) => Promise<number>,
): Promise<void> {
  const { clock, env, output } = context;
  const file = createRecordingFile(path);
  if (withInput) output.notify('Warning: your keys are recorded, also those of passwords.');
  const recording = createRecording({
    clock,
    term: env['TERM'],
    withInput,
    write: (lines) => file.write(lines),
  });
  let status = EXIT_OWN_FAILURE;
  try {
    status = await run(recording.recorder);
  } finally {
    recording.end();
    const failure = file.close();
    if (failure !== undefined) {
      output.reportError(new CommandError(failure));
      if (status === 0) status = EXIT_OWN_FAILURE;
    }
  }
  context.exitWith(status);
}
