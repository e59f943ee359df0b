import { CommandError } from '../../../cli/framework/command-context.ts';
import { randomHex } from '../../../cli/framework/random-hex.ts';
import type { Remote } from '../../../cli/remote/remote.ts';
import type { RemoteTools } from '../../../cli/remote/remote-tools.ts';
import { limitCopyMemory } from '../../../cli/remote/collect-copied.ts';
import { startCommand } from '../../../cli/remote/start-command.ts';
import { startRawCommand } from '../../../cli/remote/start-raw-command.ts';
import { downloadFailures } from '../../../failures/copies/download.ts';
import { createDownloader, type Downloader } from './create-downloader.ts';
import { inspectPath, type InspectedSource } from './inspect-source.ts';
import type { Inspection } from './inspection/inspection-attempt.ts';
import type { AnswerTools } from './sessions/answer-scripts.ts';
import type { TargetSessions } from './sessions/target-sessions.ts';

/** How fast copies from a target may be. */
export interface DownloadLimits {
  /** Commands side by side, where one after the other would be too slow. */
  readonly sessions: number;
  /** Bytes of the source a second; undefined for no limit. */
  readonly limitRate: number | undefined;
}

/**
 * Prepares copies from a target.
 *
 * @throws CommandError when the target lacks a tool that they need
 */
export function openDownloader(
  remote: Remote,
  tools: RemoteTools,
  { sessions, limitRate }: DownloadLimits,
): Downloader {
  const { clock, logger, random } = remote.context;
  const { temporary, has } = tools;
  if (!has.has('mkfifo')) throw lacks('mkfifo');
  if (temporary === undefined) throw lacks('a directory for temporary files');
  return createDownloader({
    sessions: sessionsOn(remote),
    clock,
    logger,
    tools: { ...answerTools(tools), hasGzip: has.has('gzip') },
    directory: temporary,
    maxCommands: sessions,
    limitRate,
    freeWritten: limitCopyMemory(),
    randomHex: (bytes) => randomHex(random, bytes),
  });
}

/**
 * Finds out by one command what a source on a target is, and the SHA-256 of a file.
 *
 * @throws CommandError when it cannot be read; AwsError, SessionError when the target cannot be asked
 */
export function inspectSource(
  remote: Remote,
  tools: RemoteTools,
  inspection: Inspection,
): Promise<InspectedSource> {
  const { clock } = remote.context;
  const host = { sessions: sessionsOn(remote), clock, tools: answerTools(tools) };
  return inspectPath(inspection, host);
}

/** @throws CommandError when the target lacks one */
function answerTools({ encodeBase64, sha256, readsFullBlocks }: RemoteTools): AnswerTools {
  if (encodeBase64 === undefined) throw lacks('base64 or openssl');
  if (sha256 === undefined) throw lacks('sha256sum, shasum or openssl');
  return { base64: encodeBase64, sha256, readsFullBlocks };
}

function sessionsOn(remote: Remote): TargetSessions {
  return {
    start: (script, streams) => startCommand(remote, script, streams),
    startRaw: (script, streams) => startRawCommand(remote, script, streams),
  };
}

function lacks(what: string): CommandError {
  return new CommandError(downloadFailures['download-tool-missing'](what));
}
