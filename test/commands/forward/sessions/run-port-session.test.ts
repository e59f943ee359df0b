import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AwsError } from '../../../../src/aws/sdk/aws-error.ts';
import { createForwardedPort } from '../../../../src/commands/forward/forwarded-port.ts';
import { createSessionRunner } from '../../../../src/commands/forward/sessions/run-port-session.ts';
import { createLocalPort } from '../../../../src/session/port/listen/local-port.ts';
import { startLocalRemote } from '../../../cli/remote/support/local-remote.ts';
import { TARGET } from '../../../program/support/target.ts';
import { testFailure } from '../../../support/test-failure.ts';

describe('a session of several, of a forwarded port', () => {
  it('ends with the status of the signal that came while AWS throttled it', async (t) => {
    const { context } = (await startLocalRemote(t)).remote;
    const calls = await context.aws.calls();
    const throttled = new AwsError(testFailure('throttled', 'too many requests'));
    for (const [signal, status] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
      ['SIGHUP', 129],
    ] as const) {
      const received = Promise.resolve(signal);
      const run = createSessionRunner(
        {
          ...context,
          aws: {
            ...context.aws,
            calls: () =>
              Promise.resolve({ ...calls, startSession: () => Promise.reject(throttled) }),
          },
          sessions: { ...context.sessions, signals: { ...context.sessions.signals, received } },
        },
        { target: TARGET, documentName: 'AWS-StartPortForwardingSession' },
        createForwardedPort({ host: undefined, port: '80', localPort: '0' }, 2),
      );
      const localPort = createLocalPort({ onEvent: undefined });
      assert.deepEqual(await run({ localPort, onEvent: () => undefined }), {
        kind: 'ended',
        status,
      });
    }
  });
});
