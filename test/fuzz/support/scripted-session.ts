import type { SessionService } from '../../../src/session/session-service.ts';
import type { SessionSignal } from '../../../src/session/session-type.ts';
import { runSession } from '../../../src/session/session.ts';
import { createScriptedHost } from '../../session/support/scripted-host.ts';
import { settle, type ScriptedSocket } from '../../session/connection/scripted-sockets.ts';
import { SESSION_OPTIONS } from '../../session/support/session-options.ts';
import type { Random } from '../../support/random.ts';
import { testFailure } from '../../support/test-failure.ts';

/** Far longer than a session may need to end. */
const LONGEST_END_MS = 10_000;
const STEP_MS = 100;

/** A session whose service and agent are the test, and whose clock is stopped. */
export interface ScriptedSession {
  /** The connection it has opened. */
  readonly socket: ScriptedSocket;
  readonly stdout: () => Buffer;
  /** The exit status; undefined while it runs. */
  readonly exitCode: number | undefined;
  signal(signal: SessionSignal): void;
  /** Lets time pass until it has ended. @throws Error when it does not */
  end(): Promise<number>;
}

/** Starts a session and resolves when its connection is open. */
export async function startScriptedSession(
  random: Random,
  generateDataKey: SessionService['generateDataKey'],
): Promise<ScriptedSession> {
  const { host, clock, sockets, stdout, signal } = createScriptedHost({
    interactive: true,
    service: {
      resumeSession: () =>
        Promise.resolve({ kind: 'unavailable', failure: testFailure('session', 'no answer') }),
      generateDataKey,
    },
  });
  let exitCode: number | undefined;
  void runSession(SESSION_OPTIONS, {
    ...host,
    fillRandom: (bytes) => void random.bytes(bytes.length).copy(bytes),
    random: () => random.next(),
  }).then((code) => {
    exitCode = code;
  });
  await settle();
  return {
    socket: sockets.last(),
    stdout,
    get exitCode() {
      return exitCode;
    },
    signal,
    async end() {
      for (let passed = 0; passed < LONGEST_END_MS; passed += STEP_MS) {
        await settle();
        if (exitCode !== undefined) return exitCode;
        clock.advance(STEP_MS);
      }
      throw new Error('the session does not end');
    },
  };
}
