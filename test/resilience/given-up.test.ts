import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EXPIRED_TOKEN } from '../local-aws/local-aws.ts';
import { openPipedSession, PROMPT, startSession } from '../program/support/target.ts';
import { withDeadline } from '../program/support/transcript.ts';
import { seeded } from '../support/random.ts';
import { createLocalService } from './support/local-service.ts';
import { startSessionClient } from './support/session-client.ts';

/** Ten minutes of resends pass in some seconds, and the answer to a ping still comes in time. */
const SPEED = 100;

describe('a session that is given up', () => {
  it('because the credentials have expired and the old token is refused: it was tried once', async (t) => {
    const { program, session, aws } = await openPipedSession(t);
    await program.stdout.until('the prompt', (text) => text.endsWith(PROMPT));
    // Another client resumes the session: the program's token is no longer valid.
    await createLocalService(aws.endpoint, session.sessionId, undefined).resumeSession();
    session.answerResume(EXPIRED_TOKEN);
    session.cutClient();
    assert.deepEqual(await program.end(), { status: 1, signal: null });
    assert.match(program.stderr.text, / was lost\. The AWS credentials have expired\. [^\n]*\n$/);
    assert.ok(program.stdout.text.endsWith(`Session: ${session.sessionId} timed out.\n`));
    const accepted = session.record.connections.map((connection) => connection.accepted);
    assert.deepEqual(accepted, [true, false]);
  });

  it('because the agent answers none of 3000 resends: it is terminated', (t) =>
    seeded(async (random) => {
      const { aws, session } = await startSession(t, { faults: { toAgent: { loss: 1 } } });
      const client = startSessionClient(t, { aws, session, random, interactive: true });
      await client.stdout.until('the prompt', (text) => text.endsWith(PROMPT));
      client.clock.setSpeed(SPEED);
      const exited = withDeadline('the end', client.exited, () => client.log.join('\n'));
      assert.equal(await exited, 1);
      assert.equal((await session.closed).by, 'api');
      assert.equal(session.record.framesFromClient > 3000, true);
      assert.ok(client.stdout.text.endsWith(`Session: ${session.sessionId} timed out.\n`));
      assert.match(client.stderr.text, / does not answer any more\. [^\n]*\n$/);
      assert.equal(client.terminalModes.at(-1), 'restored');
    }));
});
