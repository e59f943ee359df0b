import { silentLogger } from '../logging/logger.ts';
import type { SessionService } from '../session/session-service.ts';
import { runSession } from '../session/session.ts';
import { texts } from '../session/texts.ts';
import type { StartSession } from './caller-contract.ts';
import { messages } from './messages.ts';
import { createProcessHost } from './process-host.ts';
import { readSettings, SettingsError, type Settings } from './settings.ts';

const EXIT_FAILURE = 1;

/**
 * Runs the session that the caller has started through the SSM API.
 *
 * @returns the exit status of the program
 */
export async function startSession(session: StartSession, version: string): Promise<number> {
  let settings: Settings;
  try {
    settings = readSettings(process.env);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    process.stdout.write(texts.cannotStart(error.message));
    return EXIT_FAILURE;
  }
  const service: SessionService = {
    signUpgrade: () => Promise.resolve({}),
    resumeSession: () => Promise.resolve({ kind: 'refused', reason: 'no credentials' }),
    terminateSession: () => Promise.reject(new Error('no credentials')),
    generateDataKey: () => Promise.reject(new Error('no credentials')),
  };
  const host = createProcessHost(settings, service, silentLogger);
  const giveTerminalBack = (error: unknown): void => {
    host.terminal.restore();
    const reason = error instanceof Error ? error.message : String(error);
    process.stderr.write(`session-manager-plugin: internal error: ${reason}\n`);
    process.exit(EXIT_FAILURE);
  };
  process.on('uncaughtException', giveTerminalBack);
  return runSession(
    {
      sessionId: session.sessionId,
      streamUrl: session.streamUrl,
      tokenValue: session.tokenValue,
      clientVersion: version,
      messagesPerSecond: settings.messagesPerSecond,
      pingIntervalMs: settings.pingIntervalMs,
      resumeTimeoutMs: settings.resumeTimeoutMs,
      encryptionRefusal: session.canEncrypt ? undefined : messages.encryptionNeedsNewerCaller,
    },
    host,
  );
}
