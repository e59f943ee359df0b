import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { RunAws } from '../../../src/aws/session-aws.ts';
import { createSessionAccess } from '../../../src/cli/access/session-access.ts';
import type { CommandContext } from '../../../src/cli/framework/command-context.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

function notAsked(): never {
  throw new Error('this is not called');
}

it('another node needs a request of its own, and credentials of its own; a request that failed is made again', async () => {
  const requested: string[] = [];
  let isDown = true;
  const tokens: string[] = [];
  const context = {
    clock: createVirtualClock(),
    output: { notify: () => undefined },
    waits: { report: notAsked },
    interrupted: new AbortController().signal,
  } as unknown as CommandContext;
  const own = {
    options: { region: 'us-east-1' },
    aws: {
      requestAccess(target: string) {
        if (isDown) return Promise.reject(new Error('AWS does not answer'));
        requested.push(target);
        return Promise.resolve(`oi-${requested.length}`);
      },
      accessToken(id: string) {
        tokens.push(id);
        const accessKeyId = `key of ${id}`;
        return Promise.resolve({
          state: 'Approved',
          credentials: { accessKeyId, secretAccessKey: 'secret', sessionToken: 'token' },
        });
      },
    },
  } as unknown as RunAws;
  const access = await createSessionAccess(
    context,
    { kind: 'requested', waitMs: 1_000 },
    own,
    (credentials) => Promise.resolve({ ...own, options: { ...own.options, credentials } }),
  );
  const keyFor = async (target: string): Promise<string> => {
    await access.prepare({ target, reason: 'ticket 7' });
    return (await access.run.options.credentials.get(notAsked)).accessKeyId;
  };
  await assert.rejects(keyFor('i-1'), /does not answer/);
  isDown = false;
  assert.equal(await keyFor('i-1'), 'key of oi-1');
  assert.equal(await keyFor('i-1'), 'key of oi-1');
  assert.equal(await keyFor('i-2'), 'key of oi-2');
  assert.deepEqual(
    [requested, tokens],
    [
      ['i-1', 'i-2'],
      ['oi-1', 'oi-2'],
    ],
  );
});
