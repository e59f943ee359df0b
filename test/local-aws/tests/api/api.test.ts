import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import {
  EXPIRED_TOKEN,
  startLocalAws,
  type LocalAws,
  type SessionResponse,
} from '../../local-aws.ts';
import { createRawClient } from '../support/raw-client.ts';
import { postToSsm } from '../support/post-to-ssm.ts';

describe('the SSM API of the local target', () => {
  let aws: LocalAws;

  beforeEach(async () => {
    aws = await startLocalAws();
  });
  afterEach(async () => {
    await aws.close();
  });

  const post = (
    operation: string,
    body: object | string,
    headers: Record<string, string> = {},
    signal?: AbortSignal,
  ) => postToSsm(aws, operation, body, { headers, ...(signal === undefined ? {} : { signal }) });
  const call = async (operation: string, body: object | string) => {
    const response = await post(operation, body);
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const start = async (): Promise<SessionResponse> => {
    const { status, body } = await call('StartSession', { Target: 'i-0123456789abcdef0' });
    assert.equal(status, 200);
    return body as unknown as SessionResponse;
  };

  it('starts a session that can be connected to', async () => {
    const next = aws.nextSession();
    const response = await start();
    assert.deepEqual(Object.keys(response).sort(), ['SessionId', 'StreamUrl', 'TokenValue']);
    assert.equal((await next).sessionId, response.SessionId);
    const client = createRawClient();
    await client.connect(response);
    await client.until('the prompt', () => client.output() === '$ ');
    client.close();
  });

  it('neither answers nor performs a held operation until it is released', async () => {
    const held = aws.pause('StartSession');
    const answer = start();
    await held.called;
    assert.equal(aws.sessions.length, 0);
    assert.equal((await call('DescribeInstanceInformation', {})).status, 200);
    held.release();
    assert.equal((await answer).SessionId, aws.sessions[0]?.sessionId);
    await start();
  });

  it('refuses a request without a target, and an unknown document', async () => {
    const noTarget = await call('StartSession', {});
    assert.equal(noTarget.status, 400);
    assert.equal(noTarget.body['__type'], 'InvalidDocument');
    const noDocument = await call('StartSession', { Target: 'i-1', DocumentName: 'Mine' });
    assert.equal(noDocument.status, 400);
    assert.equal(noDocument.body['message'], 'Document with name Mine does not exist.');
    assert.deepEqual(aws.sessions, []);
  });

  it('resumes with a new token and URL, and the old token is worth nothing', async () => {
    const old = await start();
    const { body } = await call('ResumeSession', { SessionId: old.SessionId });
    const resumed = body as unknown as SessionResponse;
    assert.equal(resumed.SessionId, old.SessionId);
    assert.notEqual(resumed.TokenValue, old.TokenValue);
    assert.notEqual(resumed.StreamUrl, old.StreamUrl);
    const stranger = createRawClient();
    await stranger.connect(old);
    await stranger.until('the end', () => stranger.closed !== undefined);
    assert.equal(stranger.closed?.code, 1008);
    const client = createRawClient();
    await client.connect(resumed);
    await client.until('the prompt', () => client.output() === '$ ');
    client.close();
    stranger.close();
  });

  it('gives an empty token for a session that has ended', async () => {
    const { SessionId } = await start();
    assert.deepEqual((await call('TerminateSession', { SessionId })).body, { SessionId });
    assert.equal((await aws.session(SessionId).closed).by, 'api');
    const { status, body } = await call('ResumeSession', { SessionId });
    assert.equal(status, 200);
    assert.equal(body['TokenValue'], '');
  });

  it('fails ResumeSession as a test asks, as often as it asks', async () => {
    const { SessionId } = await start();
    const session = aws.session(SessionId);
    session.answerResume(EXPIRED_TOKEN, 2);
    for (let i = 0; i < 2; i++) {
      const { status, body } = await call('ResumeSession', { SessionId });
      assert.equal(status, 403);
      assert.equal(body['__type'], 'ExpiredTokenException');
    }
    session.answerResume({ kind: 'down' }, 1);
    await assert.rejects(post('ResumeSession', { SessionId }));
    session.answerResume({ kind: 'silent' }, 1);
    const given = new AbortController();
    const unanswered = post('ResumeSession', { SessionId }, {}, given.signal);
    await session.until('the call', () => session.record.resumeCalls === 4);
    given.abort();
    await assert.rejects(unanswered, { name: 'AbortError' });
    session.answerResume({ kind: 'ended' }, 1);
    assert.equal((await call('ResumeSession', { SessionId })).body['TokenValue'], '');
    assert.notEqual((await call('ResumeSession', { SessionId })).body['TokenValue'], '');
    assert.equal(session.record.resumeCalls, 6);
  });

  it('lists sessions that are active and sessions that have ended', async () => {
    const first = await start();
    const second = await start();
    await call('TerminateSession', { SessionId: first.SessionId });
    const idsOf = async (State: string): Promise<unknown[]> => {
      const { body } = await call('DescribeSessions', { State });
      return (body['Sessions'] as { SessionId: string }[]).map(({ SessionId }) => SessionId);
    };
    assert.deepEqual(await idsOf('Active'), [second.SessionId]);
    assert.deepEqual(await idsOf('History'), [first.SessionId]);
  });

  it('answers unknown operations in the form of AWS', async () => {
    const session = await call('TerminateSession', { SessionId: 'none' });
    assert.equal(session.status, 400);
    assert.equal(session.body['__type'], 'DoesNotExistException');
    assert.equal((await call('PutInventory', {})).body['__type'], 'UnknownOperationException');
    assert.equal((await call('StartSession', 'no JSON')).body['__type'], 'SerializationException');
  });

  it('records which caller called and with which credentials', async () => {
    await post(
      'TerminateSession',
      { SessionId: 'none' },
      {
        authorization:
          'AWS4-HMAC-SHA256 Credential=AKIDLOCAL/20300101/us-east-1/ssm/aws4_request, SignedHeaders=host, Signature=0',
        'x-amz-security-token': 'temporary',
      },
    );
    const [apiCall] = aws.apiCalls;
    assert.equal(apiCall?.operation, 'TerminateSession');
    assert.equal(apiCall.sessionId, 'none');
    assert.equal(apiCall.accessKeyId, 'AKIDLOCAL');
    assert.equal(apiCall.securityToken, 'temporary');
  });
});
