import type { Writable } from 'node:stream';
import { findNobody } from '../aws/credentials/person.ts';
import { systemClock } from '../clock.ts';
import { createLineLogger } from '../logging/line-logger.ts';
import { systemLogFileSystem } from '../logging/log-file-system.ts';
import { createLogging, type Logging } from '../logging/logging.ts';
import { runSession } from '../session/session.ts';
import { texts } from '../session/texts.ts';
import { openWebSocket } from '../socket/web-socket.ts';
import type { StartSession } from './caller-contract.ts';
import { openGatewaySocket } from './gateway-socket.ts';
import { installDirectory } from './install-directory.ts';
import { failureLine, programFailure } from './json-failures.ts';
import { messages } from './messages.ts';
import { watchMistakes } from './mistakes.ts';
import { print } from './print.ts';
import { createProcessHost } from './process-host.ts';
import { CALLER_MANNER, type SessionManner } from './session-manner.ts';
import { createSessionService } from './session-service.ts';
import { holdSignals, type HeldSignals } from './signals.ts';
import { readSettings, SettingsError, type Settings } from './settings.ts';

/**
 * Runs the session that the caller has started through the SSM API.
 *
 * @param version - four dotted numbers
 * @param manner - by default, that which the AWS CLI and the programs like it rely on
 * @returns the exit status of the program
 */
export async function startSession(
  session: StartSession,
  version: string,
  manner: SessionManner = CALLER_MANNER,
): Promise<number> {
  const signals = manner.signals ?? holdSignals(process, systemClock);
  let settings: Settings;
  try {
    settings = readSettings(process.env);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    const text = texts.cannotStart(error.message);
    if (manner.failures === 'stdout') await print(text);
    else stderrOf(manner).write(manner.failures === 'json' ? failureLine('input', text) : text);
    manner.onEvent?.({ kind: 'over', reason: error.message });
    return manner.failureStatus;
  }
  // Certificates are verified, always; with the variable set, Node.js would say that they are not.
  Reflect.deleteProperty(process.env, 'NODE_TLS_REJECT_UNAUTHORIZED');
  const logging = openLog(manner);
  const exitCode = await runLogged(session, version, settings, manner, logging, signals);
  await logging.close();
  return exitCode;
}

function openLog(manner: SessionManner): Logging {
  const { logLevel } = manner;
  const toStderr = (text: string): void => void stderrOf(manner).write(text);
  if (logLevel !== undefined) {
    const logger = createLineLogger(logLevel, systemClock, toStderr);
    return { logger, close: () => Promise.resolve() };
  }
  return createLogging({
    env: process.env,
    platform: process.platform,
    installDirectory: installDirectory(process.execPath, process.platform),
    fs: systemLogFileSystem,
    clock: systemClock,
    warn: (text) => toStderr(`${text}\n`),
    console: toStderr,
  });
}

function stderrOf({ stderr }: SessionManner): Writable {
  return stderr ?? process.stderr;
}

async function runLogged(
  session: StartSession,
  version: string,
  settings: Settings,
  manner: SessionManner,
  { logger }: Logging,
  signals: HeldSignals,
): Promise<number> {
  const { region, profile, endpoint, sessionId } = session;
  const mistakes = manner.mistakes ?? watchMistakes(process, systemClock);
  const { createSessionAws } = await import('../aws/session-aws.ts');
  const { services, signUpgrade, network, whyWithoutCredentials } = createSessionAws(
    {
      region,
      profile,
      endpoint,
      env: process.env,
      platform: process.platform,
      logger,
      clock: systemClock,
      findPerson: findNobody,
    },
    manner.credentials,
  );
  const host = createProcessHost({
    settings,
    manner,
    logger,
    signals,
    onMistake: mistakes.onMistake,
    openSocket: openGatewaySocket(network, openWebSocket),
    service: createSessionService({
      sessionId,
      targetId: session.target,
      services,
      signUpgrade,
      withoutCredentials: whyWithoutCredentials(session.streamUrl),
    }),
  });
  const exited = runSession(
    {
      sessionId,
      streamUrl: session.streamUrl,
      tokenValue: session.tokenValue,
      clientVersion: version,
      messagesPerSecond: settings.messagesPerSecond,
      pingIntervalMs: settings.pingIntervalMs,
      resumeTimeoutMs: settings.resumeTimeoutMs,
      encryptionRefusal: session.canEncrypt ? undefined : messages.encryptionNeedsNewerCaller,
      failureStatus: manner.failureStatus,
      withoutExitStatus: manner.withoutExitStatus,
    },
    host,
  );
  const end = await Promise.race([exited, mistakes.first]);
  if (typeof end === 'number') return end;
  // Whoever watches for mistakes says them.
  if (manner.mistakes === undefined) {
    const asJson = manner.failures === 'json';
    stderrOf(manner).write(programFailure('internal', end.message, asJson));
  }
  await mistakes.dealtWith;
  return manner.failureStatus;
}
