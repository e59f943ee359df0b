import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { REPLY_TRANSITIONS } from '../../../src/commands/proxy/clients/reply-state.ts';
import { FAILURE_WAIT_MS } from '../../../src/commands/proxy/pool/pending-reply.ts';
import { POOL_TRANSITIONS } from '../../../src/commands/proxy/pool/pool-state.ts';
import { startPool, startMany } from './support/test-pool.ts';

describe('the reply to a client', () => {
  it('waits for the destination, but only a moment after the agent has the request', async () => {
    const test = startPool();
    const [client] = await startMany(test, 1);
    const [run] = test.sessions;
    assert.ok(client !== undefined && run !== undefined);
    test.clock.advance(60_000);
    assert.deepEqual(client.got, []);
    run.session.receive({ kind: 'requested', connection: client.socket });
    test.clock.advance(FAILURE_WAIT_MS - 1);
    assert.deepEqual(client.got, []);
    test.clock.advance(1);
    assert.deepEqual(client.got, ['accepted']);
  });

  it('is sent at once when the destination has answered before, until it fails', async () => {
    const test = startPool();
    const [client] = await startMany(test, 1);
    const [run] = test.sessions;
    assert.ok(client !== undefined && run !== undefined);
    run.session.receive({ kind: 'answered', connection: client.socket, by: 'end' });
    assert.deepEqual(client.got, ['accepted']);
    const next = test.connect('host-0');
    assert.deepEqual(next.got, ['accepted']);
    run.session.receive({ kind: 'answered', connection: next.socket, by: 'failure' });
    assert.deepEqual(next.got, ['accepted', 'reset']);
    assert.deepEqual(test.connect('host-0').got, []);
  });

  it('is sent once, and nothing follows the end', () => {
    for (const state of ['waiting', 'accepted', 'closed'] as const) {
      for (const [next, effect] of Object.values(REPLY_TRANSITIONS[state])) {
        if (state === 'closed') assert.deepEqual([next, effect], ['closed', undefined]);
        if (effect === 'accept' || effect === 'refuse') assert.equal(state, 'waiting');
        if (effect === 'reset') assert.equal(state, 'accepted');
      }
    }
  });

  it('and sessions end for good', () => {
    assert.deepEqual(POOL_TRANSITIONS.ended, {});
    for (const transitions of Object.values(POOL_TRANSITIONS)) {
      if (transitions !== POOL_TRANSITIONS.ended) assert.equal(transitions.ended, 'ended');
    }
  });
});
