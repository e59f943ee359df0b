import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { Command } from 'commander';
import type { AccessToken } from '../../../src/aws/access-calls.ts';
import { AwsError } from '../../../src/aws/sdk/aws-error.ts';
import type { RunAws } from '../../../src/aws/session-aws.ts';
import {
  createSessionAccess,
  type GivenAccess,
  type SessionAccess,
} from '../../../src/cli/access/session-access.ts';
import { addAccessOptions, readAccessOptions } from '../../../src/cli/framework/access-options.ts';
import type { CommandContext } from '../../../src/cli/framework/command-context.ts';
import { callFailures } from '../../../src/failures/calls.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

function notAsked(): never {
  throw new Error('this is not called');
}

/** An access, with AWS as the test wants it. */
async function setUp(options: GivenAccess = { kind: 'requested', waitMs: 1_000 }) {
  const clock = createVirtualClock();
  const requested: { readonly target: string; readonly reason: string }[] = [];
  const tokens: string[] = [];
  const shown: string[] = [];
  const state: { isDown: boolean; token: AccessToken['state']; starts: boolean } = {
    ...{ isDown: false, token: 'Approved', starts: true },
  };
  const context = {
    clock,
    output: { notify: (text: string) => shown.push(text) },
    waits: {
      report: ({ name, place }: { readonly name: string; readonly place: string }) => {
        shown.push(`${name} (${place})`);
        return () => undefined;
      },
    },
    interrupted: new AbortController().signal,
  } as unknown as CommandContext;
  const own = {
    options: { region: 'us-east-1' },
    aws: {
      requestAccess(target: string, reason: string) {
        if (state.isDown) return Promise.reject(new Error('AWS does not answer'));
        requested.push({ target, reason });
        return Promise.resolve(`oi-${requested.length}`);
      },
      accessToken(id: string) {
        tokens.push(id);
        if (state.isDown)
          return Promise.reject(new AwsError(callFailures.throttled('use the request')));
        const accessKeyId = `key ${tokens.length} of ${id}`;
        const expiration = new Date(clock.now() + HOUR_MS);
        return Promise.resolve({
          state: state.token,
          credentials: {
            accessKeyId,
            secretAccessKey: 'secret',
            sessionToken: 'token',
            expiration,
          },
        });
      },
      startSession: () =>
        state.starts
          ? Promise.resolve('started')
          : Promise.reject(new AwsError(callFailures['access-denied']('start', 'not allowed'))),
    },
  } as unknown as RunAws;
  const access = await createSessionAccess(context, options, own, (credentials) =>
    Promise.resolve({ ...own, options: { ...own.options, credentials } }),
  );
  return { access, clock, requested, tokens, shown, state };
}

async function keyFor(access: SessionAccess, target: string): Promise<string> {
  await access.prepare({ target, reason: 'ticket 7' });
  return (await access.run.options.credentials.get(notAsked)).accessKeyId;
}

describe('the access of a command', () => {
  it('is requested anew for another node, and again when the request failed', async () => {
    const { access, requested, state } = await setUp();
    state.isDown = true;
    await assert.rejects(keyFor(access, 'i-1'), /does not answer/);
    state.isDown = false;
    assert.equal(await keyFor(access, 'i-1'), 'key 1 of oi-1');
    assert.equal(await keyFor(access, 'i-1'), 'key 1 of oi-1');
    assert.equal(await keyFor(access, 'i-2'), 'key 2 of oi-2');
    assert.deepEqual(
      requested.map(({ target }) => target),
      ['i-1', 'i-2'],
    );
  });

  it('is requested with its own reason, when that was asked for', async () => {
    const { access, requested } = await setUp({ kind: 'requested', waitMs: 0, reason: 'typed' });
    await keyFor(access, 'i-1');
    assert.deepEqual(requested, [{ target: 'i-1', reason: 'typed' }]);
  });

  it('is waited for while AWS cannot be asked, and not beyond its time', async () => {
    for (const [recovers, expected] of [
      [true, undefined],
      [false, /oi-1 was not approved within 1 min\. /],
    ] as const) {
      const { access, clock, state } = await setUp({ kind: 'requested', waitMs: MINUTE_MS });
      state.token = 'Pending';
      const prepared = access.prepare({ target: 'i-1', reason: 'ticket 7' });
      const rejected = expected && assert.rejects(prepared, expected);
      for (let passed = 0; passed < MINUTE_MS; passed += 5_000) {
        await turn();
        state.isDown = passed < 30_000 || !recovers;
        if (!state.isDown) state.token = 'Approved';
        clock.advance(5_000);
      }
      await (rejected ?? prepared);
    }
  });

  it('is waited for half an hour without --wait-access, with the state shown', async () => {
    const command = new Command().option('--reason <text>');
    addAccessOptions(command);
    const options = readAccessOptions({ requestAccess: true }, command);
    assert.ok(options?.kind === 'requested');
    const { access, clock, shown, state } = await setUp(options);
    state.token = 'Pending';
    let failure: unknown;
    const prepared = access
      .prepare({ target: 'i-1', reason: 'ticket 7' })
      .catch((error: unknown) => {
        failure = error;
      });
    for (let passed = 0; passed < 30 * MINUTE_MS; passed += 5_000) {
      await turn();
      assert.equal(failure, undefined);
      clock.advance(5_000);
    }
    await prepared;
    assert.ok(failure instanceof AwsError);
    assert.match(failure.message, /oi-1 was not approved within 30 min\. .* --access oi-1 /);
    assert.deepEqual(shown, [
      'Requested access to i-1: oi-1.',
      'access request oi-1, which is pending (us-east-1)',
    ]);
  });

  it('reports after which time it was approved', async () => {
    const { access, clock, shown, state } = await setUp({ kind: 'requested', waitMs: HOUR_MS });
    state.token = 'Pending';
    const prepared = access.prepare({ target: 'i-1', reason: 'ticket 7' });
    await turn();
    clock.advance(5_000);
    await turn();
    state.token = 'Approved';
    clock.advance(5_000);
    await prepared;
    assert.equal(shown.at(-1), 'The access request oi-1 was approved after 10 s.');
  });
});

describe('the credentials of an access', () => {
  it('are renewed before they expire, and not after a revocation, which is reported', async () => {
    const { access, clock, state } = await setUp();
    const key = async (): Promise<string> =>
      (await access.run.options.credentials.get(notAsked)).accessKeyId;
    assert.equal(await keyFor(access, 'i-1'), 'key 1 of oi-1');
    clock.advance(HOUR_MS - MINUTE_MS);
    assert.equal(await key(), 'key 2 of oi-1');
    state.token = 'Revoked';
    // The old ones are valid to their end.
    clock.advance(HOUR_MS - MINUTE_MS);
    assert.equal(await key(), 'key 2 of oi-1');
    clock.advance(MINUTE_MS);
    await assert.rejects(key(), /The access request oi-1 for i-1 was revoked\./);
  });

  it('are refused with the state of the request; otherwise with what the service reports', async () => {
    const { access, state } = await setUp();
    await keyFor(access, 'i-1');
    const start = (): Promise<unknown> => access.run.aws.startSession({ target: 'i-1' });
    assert.equal(await start(), 'started');
    state.starts = false;
    await assert.rejects(start(), /Cannot start: not allowed/);
    state.token = 'Expired';
    await assert.rejects(start(), /The access request oi-1 for i-1 has expired\./);
  });
});
