import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { refusalOf } from '../../../src/commands/proxy/pool/session-refusal.ts';
import { sessionFailures } from '../../../src/failures/session.ts';

/**
 * What the agent gives as the reason when it ends a session. Seen in runs: a denied address, and a name server that
 * cannot be reached. The other lookups are what Go prints for a name that does not exist (`net.DNSError`).
 */
const ENDS = [
  ['Forwarding to IP address 169.254.169.254 is forbidden', 'denied'],
  ['lookup db.invalid on 10.0.0.2:53: no such host', 'unreachable'],
  [
    'lookup db.invalid on 10.0.0.2:53: dial udp 10.0.0.2:53: connect: network is unreachable',
    'unreachable',
  ],
  ['lookup db.invalid: no such host', 'unreachable'],
  ['Plugin with name Port terminated abruptly!', 'failed'],
] as const;

describe('the end of a session of the proxy', () => {
  for (const [text, kind] of ENDS) {
    it(`with "${text}" refuses its clients as ${kind}`, () => {
      const failure = sessionFailures['session-closed'](text);
      const { code, problem, kind: found } = refusalOf(failure);
      assert.deepEqual([code, found], ['session-closed', kind]);
      assert.ok(problem.includes(text), problem);
    });
  }
});
