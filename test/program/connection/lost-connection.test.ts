import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EXPIRED_TOKEN } from '../../local-aws/local-aws.ts';
import { closedPort } from '../port/support/target-service.ts';
import { startPiped } from '../support/piped-program.ts';
import { NO_CREDENTIALS } from '../support/program.ts';
import {
  openPipedSession,
  openShell,
  PROMPT,
  sixArguments,
  startSession,
  type PipedSession,
} from '../support/target.ts';

/** Types a line into a shell and waits for its answer. */
async function converse({ program }: PipedSession, word: string): Promise<void> {
  program.stdin.write(`echo $((6 * 7)) ${word}\n`);
  await program.stdout.until(`the answer ${word}`, (text) =>
    text.endsWith(`\n42 ${word}\r\n${PROMPT}`),
  );
}

describe('a connection that is lost', () => {
  it('is made again without a notice', async (t) => {
    const opened = await openPipedSession(t);
    const { program, session } = opened;
    await converse(opened, 'before');
    session.cutClient();
    await converse(opened, 'behind');
    assert.equal(session.record.connections.length, 2);
    assert.equal(program.stderr.text, '');
    program.stdin.end();
    assert.deepEqual(await program.end(), { status: 0, signal: null });
  });

  it('is made again when the service closes it after its hour', async (t) => {
    const opened = await openPipedSession(t);
    const { program, session } = opened;
    await converse(opened, 'before');
    session.closeWithBye();
    await converse(opened, 'behind');
    program.stdin.end();
    assert.deepEqual(await program.end(), { status: 0, signal: null });
  });

  it('is made again with the old token when the credentials have expired', async (t) => {
    const opened = await openPipedSession(t);
    const { program, session } = opened;
    await converse(opened, 'before');
    session.answerResume(EXPIRED_TOKEN);
    session.cutClient();
    await converse(opened, 'behind');
    program.stdin.end();
    assert.deepEqual(await program.end(), { status: 0, signal: null });
  });

  it('keeps what is typed meanwhile', async (t) => {
    const { program, session } = await openShell(t);
    session.setGateway('down');
    session.cutClient();
    await session.until('a try to resume', ({ record }) => record.resumeCalls > 0);
    program.type('echo $((6 * 7)) kept\r');
    session.setGateway('up');
    await program.screen.until('the answer', (text) => /^42 kept\r/m.test(text));
    program.type('exit\r');
    assert.equal((await program.end()).status, 0);
  });
});

describe('a connection that is lost for good', () => {
  it('ends the program with the reason when there are no credentials', async (t) => {
    const { program, session } = await openPipedSession(t, {}, { env: NO_CREDENTIALS });
    await program.stdout.until('the prompt', (text) => text.endsWith(PROMPT));
    session.setGateway('unavailable');
    session.cutClient();
    assert.deepEqual(await program.end(), { status: 1, signal: null });
    assert.match(program.stderr.text, /session was lost\. .*credentials/i);
    assert.ok(program.stdout.text.endsWith(`Session: ${session.sessionId} timed out.\n`));
  });

  it('gives the terminal back when there are no credentials', async (t) => {
    const { program, session } = await openShell(t, {}, { env: NO_CREDENTIALS });
    session.setGateway('unavailable');
    session.cutClient();
    assert.deepEqual(await program.end(), { status: 1, settings: program.settingsBefore });
    assert.match(program.screen.text, /credentials/i);
  });

  it('ends the program when the session has ended', async (t) => {
    const { program, session } = await openPipedSession(t);
    await program.stdout.until('the prompt', (text) => text.endsWith(PROMPT));
    session.answerResume({ kind: 'ended' });
    session.cutClient();
    assert.deepEqual(await program.end(), { status: 1, signal: null });
    assert.ok(program.stdout.text.endsWith(`Session: ${session.sessionId} timed out.\n`));
  });

  it('ends the program when the time for resuming is up', async (t) => {
    const { program, session } = await openPipedSession(
      t,
      {},
      { env: { SSM_PLUGIN_RESUME_TIMEOUT: '0' } },
    );
    await program.stdout.until('the prompt', (text) => text.endsWith(PROMPT));
    session.answerResume({ kind: 'down' });
    session.cutClient();
    assert.deepEqual(await program.end(), { status: 1, signal: null });
    assert.match(program.stderr.text, /session was lost\. /);
  });
});

describe('a connection that is never made', () => {
  it('is reported in the text that callers know, when nothing listens', async (t) => {
    const { aws, response, request, session } = await startSession(t);
    const StreamUrl = `ws://127.0.0.1:${await closedPort(t)}/v1/data-channel/${session.sessionId}`;
    const program = startPiped(t, sixArguments(aws, { ...response, StreamUrl }, request));
    assert.deepEqual(await program.end(), { status: 1, signal: null });
    assert.match(program.stdout.text, /\nCannot perform start session: .*refused.*\n$/);
    await session.closed;
  });

  it('is reported with the status when the gateway refuses', async (t) => {
    const { args, session } = await startSession(t);
    session.setGateway('unavailable');
    const program = startPiped(t, args);
    assert.deepEqual(await program.end(), { status: 1, signal: null });
    assert.match(program.stdout.text, /\nCannot perform start session: .*503.*\n$/);
    await session.closed;
  });
});
