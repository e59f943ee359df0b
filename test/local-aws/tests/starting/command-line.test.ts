import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readCommandLine, UsageError } from '../../command-line.ts';

describe('the command line of the local target', () => {
  it('asks for nothing special by default', () => {
    assert.deepEqual(readCommandLine([]), {
      kind: 'run',
      options: { sessions: { agent: {}, faults: {} } },
    });
  });

  it('sets up the agent', () => {
    const args = '--port 8000 --shell /bin/bash --agent-version 3.0.0.0 --no-pacing';
    assert.deepEqual(readCommandLine(args.split(' ')), {
      kind: 'run',
      options: {
        port: 8000,
        sessions: {
          faults: {},
          agent: { version: '3.0.0.0', shell: '/bin/bash', pacing: false },
        },
      },
    });
  });

  it('lets the network fail the same in both directions', () => {
    const direction = { delay: 50, loss: 0.05, wrongDigest: 0.1 };
    const args = '--delay 50 --loss 0.05 --wrong-digest 0.1 --seed 7';
    assert.deepEqual(readCommandLine(args.split(' ')), {
      kind: 'run',
      options: {
        sessions: { agent: {}, faults: { seed: 7, toClient: direction, toAgent: direction } },
      },
    });
  });

  it('recognizes a request for help', () => {
    assert.deepEqual(readCommandLine(['--help']), { kind: 'help' });
  });

  for (const args of ['--loss 2', '--delay soon', '--port -1', '--unknown', 'word', '--seed']) {
    it(`refuses ${args}`, () => {
      assert.throws(() => readCommandLine(args.split(' ')), UsageError);
    });
  }
});
