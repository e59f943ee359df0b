import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NOT_LOOPBACK } from '../network/local-server.ts';
import { startPiped } from '../program/support/piped-program.ts';
import { AUTHORITY, privateTarget, startShell, talkThroughCut } from './support/private-target.ts';
import { needs } from '../support/require-tools.ts';
import { OPENSSL } from '../support/tools.ts';

describe('the program and a certificate of a private authority', needs(OPENSSL), () => {
  const target = privateTarget();

  for (const variable of ['AWS_CA_BUNDLE', 'SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS']) {
    it(`trusts it, for the session and for the calls to AWS, when ${variable} names it`, async (t) => {
      await talkThroughCut(t, target(), { [variable]: target().authority.file });
    });
  }

  it('refuses it otherwise, and reports its authority and what to do', async (t) => {
    const { args, session } = await startShell(target());
    const program = startPiped(t, args);
    assert.deepEqual(await program.end(), { status: 1, signal: null });
    const reason = program.stdout.text.split('\n').at(-2) ?? '';
    assert.ok(reason.startsWith('Cannot perform start session: '), program.stdout.text);
    for (const word of [NOT_LOOPBACK, `"${AUTHORITY}"`, 'AWS_CA_BUNDLE']) {
      assert.ok(reason.includes(word), `${word} is missing: ${reason}`);
    }
    assert.equal(session.record.connections.length, 0);
  });
});
