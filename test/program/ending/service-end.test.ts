import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startPiped } from '../support/piped-program.ts';
import {
  nonInteractiveCommand,
  openPipedSession,
  PROMPT,
  startSession,
  type SessionWish,
} from '../support/target.ts';
import { terminateSession } from '../support/terminate-session.ts';

describe('a session that the service ends', () => {
  it('reports the reason that the service gives', async (t) => {
    const { program, session } = await openPipedSession(t);
    await program.stdout.until('the prompt', (text) => text.endsWith(PROMPT));
    session.terminate('Session timed out due to inactivity.');
    assert.deepEqual(await program.end(), { status: 0, signal: null });
    assert.ok(
      program.stdout.text.endsWith(
        `\n\nSessionId: ${session.sessionId} : Session timed out due to inactivity.\n\n`,
      ),
      program.stdout.text,
    );
  });

  it('ends like any other when TerminateSession is called', async (t) => {
    const opened = await openPipedSession(t);
    const { program, session } = opened;
    await program.stdout.until('the prompt', (text) => text.endsWith(PROMPT));
    await terminateSession(opened);
    assert.deepEqual(await program.end(), { status: 0, signal: null });
    assert.ok(
      program.stdout.text.endsWith(`\n\nExiting session with sessionId: ${session.sessionId}.\n\n`),
      program.stdout.text,
    );
  });

  it('is a failure when it ends with a reason before it began', async (t) => {
    const { args, session } = await startSession(t, {
      agent: { startAfter: new Promise(() => undefined) },
    });
    const program = startPiped(t, args);
    await session.until('the connection', (one) => one.clientConnected);
    session.terminate('The target is not connected.');
    assert.deepEqual(await program.end(), { status: 1, signal: null });
    assert.match(program.stdout.text, /SessionId: \S+ : The target is not connected\.\n\n$/);
  });
});

describe('the message of the handshake', () => {
  it('is on a line of its own', async (t) => {
    const { program, session } = await openPipedSession(t, {
      ...nonInteractiveCommand('echo out', true),
      agent: { customerMessage: 'This session is recorded.' },
    });
    await program.end();
    assert.ok(
      program.stdout.text.startsWith(
        `\nStarting session with SessionId: ${session.sessionId}\nThis session is recorded.\nout\n`,
      ),
      program.stdout.text,
    );
  });
});

describe('a session that must be encrypted', () => {
  const encrypted: SessionWish = {
    agent: {
      encryption: {
        kmsKeyId: 'arn:aws:kms:us-east-1:123456789012:key/example',
        decryptDataKey: () => Promise.reject(new Error('there is no data key')),
      },
    },
  };

  it('fails for a caller with three arguments, and the message names what to upgrade', async (t) => {
    const { args, session } = await startSession(t, encrypted);
    const program = startPiped(t, args.slice(0, 3));
    assert.deepEqual(await program.end(), { status: 1, signal: null });
    assert.match(program.stdout.text, /Upgrade the AWS CLI to version 1\.16\.213 or later\./);
    assert.equal((await session.closed).by, 'handshake');
    assert.equal(session.record.childProcesses, 0);
  });
});
