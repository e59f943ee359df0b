import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { missingToolText } from '../../build/tool.ts';
import { NETCAT, OPENSSL } from '../support/tools.ts';
import { describeSkipped } from './skipped.ts';

const NO_OPENSSL = missingToolText(OPENSSL);
const NO_NETCAT = missingToolText(NETCAT);

describe('the list of what was skipped', () => {
  it('names each missing program once, with the command that installs all of them', () => {
    const skipped = [
      { kind: 'test', reason: NO_OPENSSL },
      { kind: 'test', reason: `${NO_NETCAT}; ${NO_OPENSSL}` },
      { kind: 'suite', reason: `linux-x64 was left out: ${NO_OPENSSL}` },
    ] as const;
    assert.equal(
      describeSkipped(skipped, true),
      [
        '',
        'Skipped, and why:',
        '  2 tests, 1 suite         openssl (package openssl)',
        '  1 test                   nc.openbsd (package netcat-openbsd)',
        '',
        'On Debian and Ubuntu, this installs what is missing:',
        '  apt-get install --no-install-recommends netcat-openbsd openssl',
        '',
        '',
      ].join('\n'),
    );
    assert.match(describeSkipped(skipped, false), /^ {2}sudo apt-get install/m);
  });

  it('has other reasons as they are, and no command when none would help', () => {
    const reason = 'only root can install packages';
    const list = describeSkipped([{ kind: 'test', reason }], false);
    assert.match(list, /^ {2}1 test {19}only root can install packages$/m);
    assert.doesNotMatch(list, /apt-get/);
  });

  it('is left out when nothing was skipped', () => {
    assert.equal(describeSkipped([], true), '');
  });
});
