import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sessionFailures } from '../../src/failures/session.ts';
import { commandTexts } from '../../src/session/texts/command-texts.ts';

const ID = 'user-0123456789abcdef0';
const TARGET = 'web (i-0123456789abcdef0)';
const wording = commandTexts(TARGET, (text) => text);
const FAILURE = sessionFailures['agent-silent']();

/** Each text about the session itself, whatever the program knows of the session. */
const TEXTS: Readonly<Record<string, string>> = {
  starting: wording.starting(ID),
  portOpened: wording.portOpened({ kind: 'tcp', port: 8080, addresses: ['127.0.0.1'] }, ID),
  connectionAccepted: wording.connectionAccepted('multiplexed', ID),
  interrupted: wording.interrupted('SIGINT received', ID),
  exiting: wording.exiting(ID),
  closedWithOutput: wording.closedWithOutput(ID, 'no'),
  refusedWithOutput: wording.refusedWithOutput(ID, 'no'),
  timedOut: wording.timedOut(ID),
  lost: wording.lost(FAILURE, FAILURE),
};
/** They repeat what a failure reports. */
const OF_FAILURES: readonly string[] = ['cannotStart', 'failure'];

describe('the texts of a command', () => {
  for (const [name, text] of Object.entries(TEXTS)) {
    it(`name the target as the user knows it, and not the id of the session: ${name}`, () => {
      assert.ok(text.includes(TARGET), text);
      assert.ok(!text.includes(ID), text);
      assert.match(text, /[^\n]\n$/);
    });
  }

  it('are all tested here', () => {
    const silent = Object.entries(wording)
      .filter(([name]) => !OF_FAILURES.includes(name) && !(name in TEXTS))
      .map(([name]) => name);
    assert.deepEqual(silent, ['afterLoss']);
    assert.equal(wording.afterLoss(ID), '');
  });

  it('report in one line that local programs can connect', () => {
    assert.deepEqual(
      [
        wording.portOpened({ kind: 'tcp', port: 8080, addresses: ['127.0.0.1'] }, ID),
        wording.portOpened({ kind: 'unix', path: 'web.sock' }, ID),
        wording.connectionAccepted('basic', ID),
      ],
      [
        `Port 8080 opened for ${TARGET}. Waiting for connections…\n`,
        `Unix socket web.sock opened for ${TARGET}. Waiting for connections…\n`,
        `First local connection for ${TARGET} accepted.\n`,
      ],
    );
  });
});
