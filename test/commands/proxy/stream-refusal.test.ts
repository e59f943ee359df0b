import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { streamRefusal } from '../../../src/commands/proxy/fast/stream-refusal.ts';
import { refusalPage } from '../../../src/commands/proxy/http/http-page.ts';

describe('a connection that a relay could not make', () => {
  for (const [code, status, why] of [
    ['refused', 502, 'nothing listens there'],
    ['timeout', 504, 'it does not answer'],
    ['unreachable', 502, 'there is no route to it'],
    ['unresolved', 502, 'its name has no address'],
    ['denied', 403, 'the system there does not permit it'],
    ['limit', 503, 'too many connections are open'],
    ['other', 502, 'Address family not supported by protocol'],
  ] as const) {
    it(`is a page with the status ${status} after the code ${code}`, () => {
      const text = code === 'other' ? `${why}\n` : 'foreign';
      const page = refusalPage(streamRefusal('web-1', 'db:5432', { code, text }));
      assert.equal(page.status, status);
      assert.ok(page.body.startsWith(`web-1 cannot connect to db:5432: ${why}. `), page.body);
    });
  }

  it('has no control characters of the target in its page', () => {
    const reset = { code: 'other', text: '\x1b[2Jcleared\r\nX: y' } as const;
    const { problem } = streamRefusal('web-1', 'db:5432', reset);
    assert.doesNotMatch(problem, /\p{Cc}/u);
  });
});
