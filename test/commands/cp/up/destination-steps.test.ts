import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { prepareDestination } from '../../../../src/commands/cp/up/destination-steps.ts';
import type { ReceiverSession } from '../../../../src/commands/cp/up/sessions/receiver-session.ts';

const MIB = 1024 * 1024;
const HASH = 'ab'.repeat(32);

describe('what an earlier copy has left', () => {
  it('has no blocks but those of the file, whatever the target reports', async () => {
    const answers = [`0 ${HASH}`, `1 ${HASH}`, `2 ${HASH}`, `-1 ${HASH}`, '1 short', `1e3 ${HASH}`];
    const session: Pick<ReceiverSession, 'run'> = {
      run(_script, onResult) {
        for (const answer of answers) onResult?.('block', answer);
        return Promise.resolve({ status: 0, results: new Map([['size', '5']] as const) });
      },
    };
    const destination = {
      kind: 'file',
      path: Buffer.from('file'),
      suffix: 'part',
      copy: '0a1b2c',
    } as const;
    const size = 2 * MIB;
    const prepared = await prepareDestination(session, { destination, size, keeps: true });
    assert.deepEqual([...(prepared?.blocks.keys() ?? [])], [0, 1]);
  });
});
