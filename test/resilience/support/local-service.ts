import { request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { stringMember } from '../../../src/lib/json.ts';
import { parseJsonPayload } from '../../../src/protocol/json-payload.ts';
import type {
  DataKey,
  ResumeAnswer,
  SessionService,
} from '../../../src/session/session-service.ts';
import { testFailure } from '../../support/test-failure.ts';

const HTTP_OK = 200;
const HTTP_SERVER_ERROR = 500;

/**
 * The calls of a session to the local target's API without the AWS SDK, whose own repetitions would
 * take time of the machine's clock.
 */
export function createLocalService(
  endpoint: string,
  sessionId: string,
  dataKey: DataKey | undefined,
): SessionService {
  return {
    resumeSession: () =>
      call(endpoint, 'ResumeSession', sessionId).then(resumeAnswer, (error: unknown) => ({
        kind: 'unavailable',
        failure: testFailure('session', String(error)),
      })),
    async terminateSession() {
      await call(endpoint, 'TerminateSession', sessionId);
    },
    generateDataKey: () =>
      dataKey === undefined
        ? Promise.reject(new Error('no data key is prepared'))
        : Promise.resolve(dataKey),
  };
}

interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

function call(endpoint: string, operation: string, sessionId: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { 'x-amz-target': `AmazonSSM.${operation}` };
    const outgoing = request(endpoint, { method: 'POST', headers, agent: false }, (response) => {
      buffer(response).then((body) => resolve({ status: response.statusCode ?? 0, body }), reject);
    });
    outgoing.on('error', reject);
    outgoing.end(JSON.stringify({ SessionId: sessionId }));
  });
}

function resumeAnswer({ status, body }: Answer): ResumeAnswer {
  if (status >= HTTP_SERVER_ERROR)
    return { kind: 'unavailable', failure: testFailure('session', `status ${status}`) };
  const content = parseJsonPayload(body, 'answer');
  if (status !== HTTP_OK)
    return { kind: 'refused', failure: testFailure('session', stringMember(content, 'message')) };
  const tokenValue = stringMember(content, 'TokenValue');
  return tokenValue === ''
    ? { kind: 'ended' }
    : { kind: 'resumed', tokenValue, streamUrl: stringMember(content, 'StreamUrl') };
}
