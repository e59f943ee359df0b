import assert from 'node:assert/strict';
import { before, type TestContext } from 'node:test';
import { startLocalAws, type LocalAws, type LocalSession } from '../../local-aws/local-aws.ts';
import { createAuthority, type CertificateAuthority } from '../../network/certificate-authority.ts';
import { NOT_LOOPBACK } from '../../network/local-server.ts';
import { startPiped, type PipedProgram } from '../../program/support/piped-program.ts';
import type { Environment } from '../../program/support/program.ts';
import { PROMPT, sixArguments, TARGET } from '../../program/support/target.ts';
import { suiteScope } from '../../support/cleanup-scope.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

/** Name of the authority that issued the target's certificate. */
export const AUTHORITY = 'Private Test Root';

/** A target reached by https and wss, whose certificate comes from an unknown authority. */
export interface PrivateTarget {
  readonly authority: CertificateAuthority;
  readonly aws: LocalAws;
  /** As proxies are asked for it. */
  readonly hostAndPort: string;
}

/** Starts the target for a suite; to be called in the body of `describe`. */
export function privateTarget(): () => PrivateTarget {
  const suite = suiteScope();
  let target: PrivateTarget | undefined;
  before(async () => {
    const authority = createAuthority(temporaryDirectory(suite), AUTHORITY);
    const aws = await startLocalAws({
      tls: authority.issue([`IP:${NOT_LOOPBACK}`]),
      hostName: NOT_LOOPBACK,
    });
    suite.after(() => aws.close());
    target = { authority, aws, hostAndPort: new URL(aws.endpoint).host };
  });
  return () => {
    assert.ok(target !== undefined, 'the target is started');
    return target;
  };
}

/** A session that waits for the program. */
export interface WaitingSession {
  readonly session: LocalSession;
  readonly args: readonly string[];
}

/** Starts a shell on the target. */
export async function startShell({ aws }: PrivateTarget): Promise<WaitingSession> {
  const request = { Target: TARGET };
  const response = await aws.startSession(request);
  return {
    session: aws.session(response.SessionId),
    args: sixArguments(aws, response, request),
  };
}

/**
 * Goes through all the connections there are: the first WebSocket, ResumeSession when it is cut, and
 * the next WebSocket.
 */
export async function talkThroughCut(
  t: TestContext,
  target: PrivateTarget,
  env: Environment,
): Promise<PipedProgram> {
  const { session, args } = await startShell(target);
  const program = startPiped(t, args, { env });
  await program.stdout.until('the prompt', (text) => text.endsWith(PROMPT));
  session.cutClient();
  program.stdin.end('echo $((6 * 7)) behind the cut\n');
  assert.deepEqual(await program.end(), { status: 0, signal: null });
  assert.match(program.stdout.text, /\n42 behind the cut\r\n/);
  assert.equal(program.stderr.text, '');
  assert.equal(session.record.connections.length, 2);
  assert.equal(session.record.resumeCalls, 1);
  return program;
}
