import assert from 'node:assert/strict';
import { it } from 'node:test';
import { serve } from '../../../network/local-server.ts';
import { failsWith, awsFor, SESSION, ssmApi } from '../../test-aws.ts';

it('ResumeSession returns a token and a URL, at the endpoint of the caller', async (t) => {
  const api = ssmApi(200, { SessionId: SESSION, TokenValue: 'token', StreamUrl: 'wss://x' });
  const port = await serve(t, api.listener);
  const env = { AWS_ENDPOINT_URL_SSM: 'http://127.0.0.1:1' };
  const resumed = await awsFor(t, env, `http://127.0.0.1:${port}`).resumeSession(SESSION);
  assert.deepEqual(resumed, { tokenValue: 'token', streamUrl: 'wss://x' });
  assert.deepEqual(api.calls, [`AmazonSSM.ResumeSession AKTEST {"SessionId":"${SESSION}"}`]);
});

it('a session that has ended has no token', async (t) => {
  const api = ssmApi(200, { SessionId: SESSION, TokenValue: null });
  const port = await serve(t, api.listener);
  assert.deepEqual(await awsFor(t, {}, `http://127.0.0.1:${port}`).resumeSession(SESSION), {
    tokenValue: '',
    streamUrl: '',
  });
});

it('TerminateSession ends the session', async (t) => {
  const api = ssmApi(200, { SessionId: SESSION });
  const port = await serve(t, api.listener);
  await awsFor(t, { AWS_ENDPOINT_URL_SSM: `http://127.0.0.1:${port}` }).terminateSession(SESSION);
  assert.deepEqual(api.calls, [`AmazonSSM.TerminateSession AKTEST {"SessionId":"${SESSION}"}`]);
});

const START = {
  'expired-credentials':
    /^The AWS credentials have expired\. Set new ones in AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN\.$/,
  'access-denied': new RegExp(
    `^Cannot resume the session: these AWS credentials are not allowed to use ssm:ResumeSession \\(why\\)\\. `,
  ),
  'not-found': new RegExp(
    `^Cannot resume the session: there is no such session, or it has ended\\. `,
  ),
} as const;

it('a refused call of SSM names the session, and what to do', async (t) => {
  const cases = [
    ['ExpiredTokenException', 'expired-credentials'],
    ['AccessDeniedException', 'access-denied'],
    ['DoesNotExistException', 'not-found'],
  ] as const;
  for (const [type, reason] of cases) {
    const port = await serve(t, ssmApi(400, { __type: type, message: 'why' }).listener);
    await assert.rejects(
      awsFor(t, {}, `http://127.0.0.1:${port}`).resumeSession(SESSION),
      failsWith(reason, START[reason]),
    );
  }
});

it('a call to a failing service is retried, as the SDK does', async (t) => {
  const api = ssmApi(500, { __type: 'InternalServerError', message: 'why' });
  const port = await serve(t, api.listener);
  await assert.rejects(
    awsFor(t, {}, `http://127.0.0.1:${port}`).resumeSession(SESSION),
    failsWith('service', /^Cannot resume the session/),
  );
  assert.equal(api.calls.length, 3);
});

it('an unreachable service is reported with its host', async (t) => {
  await assert.rejects(
    awsFor(t, {}, 'http://127.0.0.1:9').resumeSession(SESSION),
    failsWith('network', /^Cannot resume the session/, /127\.0\.0\.1/, /refused/),
  );
});
