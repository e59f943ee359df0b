import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { outcomeOf, startCommand, startCommandTarget } from '../commands/support/run-command.ts';
import { TARGET } from '../support/target.ts';

describe('a message gateway that answers with an HTTP status', () => {
  const AGAIN = 'Start the session again. If it happens again, check';
  for (const [status, problem, remedy] of [
    [400, 'did not open the session', `${AGAIN} that no proxy or firewall changes the connection.`],
    [
      403,
      'did not allow the session',
      `${AGAIN} the clock of this machine, the proxy, and the policy of the VPC endpoint.`,
    ],
    [
      429,
      'received too many connections from this account',
      'Try again in a minute, and start fewer sessions at a time.',
    ],
    ...[500, 502, 503].map(
      (one) =>
        [
          one,
          'is not available at the moment',
          'Try again in a minute. AWS reports outages at https://health.aws.amazon.com/health/status.',
        ] as const,
    ),
  ] as const) {
    it(`is reported with what to do: ${status}`, async (t) => {
      const target = await startCommandTarget(t);
      const awaited = target.aws.nextSession();
      const program = startCommand(t, target, ['shell', TARGET, '--quiet']);
      (await awaited).setGateway(status);
      const gateway = new URL(target.aws.endpoint).host;
      assert.equal(
        (await outcomeOf(program)).stderr,
        `session-manager-plugin: The message gateway ${gateway} ${problem} (HTTP status ${status}). ${remedy}\n`,
      );
    });
  }
});
