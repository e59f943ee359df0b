import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { idOf, machine, sentTo, startFleet } from './support/fleet-account.ts';

const NODES = [
  machine(1),
  machine(2, { tags: { Role: 'web', Env: 'test' } }),
  machine(3, { nameTag: 'db', tags: { Role: 'db', Env: 'prod' } }),
  machine(4, { pingStatus: 'ConnectionLost' }),
];

describe('the machines of exec', () => {
  const selected: Readonly<Record<string, readonly number[]>> = {
    '--tag Role=web': [1, 2],
    // User guide, "Run commands at scale": keys together, of each key one of its values.
    '--tag Role=web --tag Env=prod': [1],
    '--tag Role=web --tag Role=db': [1, 2, 3],
    '--filter web': [1, 2],
    '--tag Env=prod --filter db': [3],
    '--all': [1, 2, 3],
    [`--targets ${idOf(1)},${idOf(3)}`]: [1, 3],
    [`--targets web-2 --targets db,${idOf(3)}`]: [2, 3],
  };
  for (const [options, expected] of Object.entries(selected)) {
    it(`are with ${options}: ${expected.join(', ')}`, async (t) => {
      const { run, aws } = await startFleet(t, NODES);
      const { status, stderr } = await run(['exec', ...options.split(' '), '--', 'true']);
      assert.equal(status, 0, stderr);
      assert.deepEqual(
        sentTo(aws).map((ids) => [...ids].sort()),
        [expected.map(idOf)],
      );
    });
  }

  it('are named when they are left out because they are offline', async (t) => {
    const { run } = await startFleet(t, NODES);
    const { stderr } = await run(['exec', '--all', '--', 'true']);
    assert.match(stderr, /^Left out, because the SSM Agent is offline: web-4 \(i-0+4\)\.$/m);
  });

  it('are all of a name that several have, with their ids', async (t) => {
    const nodes = [machine(1, { nameTag: 'web' }), machine(2, { nameTag: 'web' })];
    const { run } = await startFleet(t, nodes);
    const { stdout } = await run(['exec', '-q', '--targets', 'web', '--', 'echo ok']);
    assert.equal(stdout, `web (${idOf(1)}) | ok\nweb (${idOf(2)}) | ok\n`);
  });

  const refused: Readonly<Record<string, RegExp>> = {
    '--tag Role=cache': /^session-manager-plugin: No managed node in us-east-1 matches\./,
    '--targets web-1,web-4': /: The command was not run: the SSM Agent is offline on web-4 \(i-/,
    '--targets web-9': /: No managed node has the Name tag, private address or host name "web-9"\./,
    [`--targets ${idOf(9)}`]: /: No managed node has .* "i-0+9"\./,
  };
  for (const [options, message] of Object.entries(refused)) {
    it(`are refused with ${options}`, async (t) => {
      const { run, aws } = await startFleet(t, NODES);
      const { status, stderr } = await run(['exec', ...options.split(' '), '--', 'true']);
      assert.equal(status, 255);
      assert.match(stderr, message);
      assert.equal(aws.commands.length, 0);
    });
  }

  const wrong: Readonly<Record<string, string>> = {
    '--all --tag Role=web': '--tag cannot be combined with --all.',
    '--targets web-1 --filter web': '--targets cannot be combined with --filter.',
    '--tag Role': '--tag cannot be "Role".',
    '--targets ,': '--targets is empty.',
    '--all --concurrency 0': '--concurrency cannot be "0".',
    '--all --concurrency 101%': '--concurrency cannot be "101%".',
    '--all --max-errors many': '--max-errors cannot be "many".',
    '--all --timeout 10': '--timeout cannot be "10".',
    '--all --timeout 49h': '--timeout cannot be "49h".',
    '--all --output bucket': '--output cannot be "bucket".',
    '--all --json --fold': '--json cannot be combined with --fold.',
    '--all --fold --group': '--fold cannot be combined with --group.',
    '--all -i': '-i cannot be used on many machines.',
    '--all --reason ticket': '--reason cannot be used on many machines.',
    '--all --wait': '--wait cannot be used on many machines.',
    '--all --wait=2m': '`session-manager-plugin targets --wait`',
    '--all --start': '--start cannot be used on many machines.',
    [`--all --comment ${'x'.repeat(101)}`]: 'Pass at most 100 characters.',
    '--all web-1': '"web-1" is one target, and the options select many.',
    'web-1 --max-errors 1': '--max-errors is for a command on many machines.',
    'web-1 --yes': '--yes is for a command on many machines.',
  };
  for (const [options, message] of Object.entries(wrong)) {
    it(`are refused as usage with ${options}`, async (t) => {
      const { run, aws } = await startFleet(t, NODES);
      const { status, stderr } = await run(['exec', ...options.split(' '), '--', 'true']);
      assert.equal(status, 255);
      assert.ok(stderr.includes(message), stderr);
      assert.equal(aws.commands.length, 0);
    });
  }
});
