import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import type { KmsKeyState } from '../local-aws/api/kms-api.ts';
import type { LocalSession } from '../local-aws/local-aws.ts';
import { startPiped } from '../program/support/piped-program.ts';
import { NO_CREDENTIALS, STATIC_CREDENTIALS } from '../program/support/program.ts';
import {
  nonInteractiveCommand,
  openShell,
  openPipedSession,
  startSession,
  TARGET,
} from '../program/support/target.ts';
import { makeFifo } from '../support/fifo.ts';
import { KMS_KEY, startLocalKms, type LocalKms } from './support/local-kms.ts';

const CHALLENGE = 'dGhlIGNoYWxsZW5nZSBvZiB0aGUgYWdlbnQ=';
const ENCRYPTED = 'This session is encrypted using AWS KMS.\n';
const LAST_NUMBER = 40_000;

const AGENTS = [
  { name: 'an agent without a challenge', challenge: undefined },
  { name: 'an agent with a challenge', challenge: CHALLENGE },
] as const;

/** What `seq` prints. */
function numbers(): string {
  return Array.from({ length: LAST_NUMBER }, (_, index) => `${index + 1}\n`).join('');
}

/**
 * Cuts when all numbers are on their way, and not all have arrived. A cut before would lose the rest, and one at
 * the end the status: the agent does not send them to a paused channel (docs/design/agent.md#separate-output).
 */
async function cutOnTheWay(session: LocalSession): Promise<void> {
  const { length } = numbers();
  await session.until('the numbers are on their way', ({ record }) => {
    if (record.outputBytes < length) return false;
    // Now, before the acknowledgements that come together with this one.
    session.cutClient();
    return true;
  });
  await session.until('the next connection', ({ record }) => record.connections.length === 2);
}

/** KMS was asked once, for this session on this target, with what the agent wanted in the context. */
function assertAskedOnce(kms: LocalKms, session: LocalSession, challenge?: string): void {
  assert.deepEqual(kms.api.calls, [
    {
      operation: 'GenerateDataKey',
      keyId: KMS_KEY,
      encryptionContext: {
        'aws:ssm:SessionId': session.sessionId,
        'aws:ssm:TargetId': TARGET,
        ...(challenge === undefined ? {} : { 'aws:ssm:RandomChallenge': challenge }),
      },
      accessKeyId: STATIC_CREDENTIALS.AWS_ACCESS_KEY_ID,
    },
  ]);
}

describe('an encrypted session', () => {
  for (const { name, challenge } of AGENTS) {
    it(`is a shell like any other, and survives a cut: ${name}`, async (t) => {
      const kms = await startLocalKms(t, challenge);
      const { encryption, env } = kms;
      const { program, session } = await openShell(t, { agent: { encryption } }, { env });
      assert.ok(program.screen.text.includes(ENCRYPTED.trimEnd()));
      program.type('echo $((6 * 7)) before\r');
      await program.screen.until('the answer', (text) => /^42 before\r/m.test(text));
      session.cutClient();
      program.type('echo $((6 * 7)) behind\r');
      // The shell may print its prompt after the echo of what was typed.
      await program.screen.until('the answer', (text) => /^(?:\$ )?42 behind\r/m.test(text));
      program.type('exit\r');
      assert.deepEqual(await program.end(), { status: 0, settings: program.settingsBefore });
      assert.equal(session.record.connections.length, 2);
      assert.equal(session.record.invalid, 0);
      assertAskedOnce(kms, session, challenge);
    });

    it(`gives a command's outputs and status, whole after a cut: ${name}`, async (t) => {
      const kms = await startLocalKms(t, challenge);
      const { encryption, env } = kms;
      const gate = makeFifo(t);
      const command = `seq ${LAST_NUMBER}; cat ${gate}; echo apart >&2; exit 7`;
      const requested = {
        ...nonInteractiveCommand(command, true),
        // Ten losses a second are all that the agent repairs by default.
        agent: { encryption, resendInterval: 10 },
      };
      const { program, session } = await openPipedSession(t, requested, { env });
      await cutOnTheWay(session);
      // The agent waits for what was lost for 2 s after the end of the command.
      await session.until('all of it', ({ record }) => record.acknowledged === record.sent);
      await writeFile(gate, '');
      assert.deepEqual(await program.end(), { status: 7, signal: null });
      const starting = `\nStarting session with SessionId: ${session.sessionId}\n`;
      const exiting = `\n\nExiting session with sessionId: ${session.sessionId}.\n\n`;
      assert.equal(
        program.stdout.text,
        `${starting}${ENCRYPTED}${numbers()}EXIT_CODE: 7${exiting}`,
      );
      assert.equal(program.stderr.text, 'apart\n');
      assert.equal(session.record.connections.length, 2);
      assertAskedOnce(kms, session, challenge);
    });
  }
});

describe('a session that cannot be encrypted', () => {
  const STATES: readonly (readonly [string, KmsKeyState, RegExp])[] = [
    [
      'whose key the user may not use',
      'denied',
      /user\/local is not allowed to use kms:GenerateDataKey on [^ ]*key\/sessions\. Ask /,
    ],
    ['whose key is disabled', 'disabled', /the KMS key [^ ]*key\/sessions is disabled\. Ask /],
    [
      'whose key is about to be deleted',
      'pending-deletion',
      /the KMS key [^ ]*key\/sessions cannot be used \(.*is pending deletion\)\. Ask /,
    ],
  ];
  for (const [name, state, reason] of STATES) {
    it(`${name} is reported in one line with the key and what to do`, async (t) => {
      const kms = await startLocalKms(t);
      kms.api.setKey(KMS_KEY, state);
      const { encryption, env } = kms;
      const { args, session } = await startSession(t, { agent: { encryption } });
      const program = startPiped(t, args, { env });
      assert.deepEqual(await program.end(), { status: 1, signal: null });
      assertOneSentence(program.stdout.text, session, reason);
      assert.equal(session.record.childProcesses, 0);
    });
  }

  it('for lack of credentials is reported with the commands that help', async (t) => {
    const kms = await startLocalKms(t);
    const { encryption } = kms;
    const env = { ...kms.env, ...NO_CREDENTIALS };
    const { args, session } = await startSession(t, { agent: { encryption } });
    const program = startPiped(t, args, { env });
    assert.deepEqual(await program.end(), { status: 1, signal: null });
    assert.equal(
      program.stdout.text,
      `\nStarting session with SessionId: ${session.sessionId}\n` +
        `Cannot perform start session: This session is encrypted with the KMS key ${KMS_KEY}, ` +
        'and AWS credentials are needed for that. No AWS credentials found. ' +
        'Run `aws configure` or `aws sso login`, or pass --profile NAME.\n',
    );
    assert.deepEqual(kms.api.calls, []);
  });
});

function assertOneSentence(stdout: string, session: LocalSession, reason: RegExp): void {
  const [, starting, sentence = '', rest] = stdout.split('\n');
  assert.equal(starting, `Starting session with SessionId: ${session.sessionId}`);
  const beginning = 'Cannot perform start session: Cannot encrypt the session: ';
  assert.ok(sentence.startsWith(beginning), stdout);
  assert.match(sentence.slice(beginning.length), reason);
  assert.equal(rest, '', stdout);
}
