import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compareVersions } from '../../src/protocol/version.ts';

describe('versions', () => {
  const ascending = [
    '',
    '1',
    '1.2',
    '1.2.0.1',
    '1.2.497.0',
    '1.2.1000.0',
    '1.10.0.0',
    '3.1.1511.0',
  ];

  it('are compared part by part as numbers', () => {
    for (const [i, older] of ascending.entries()) {
      for (const [j, newer] of ascending.entries()) {
        assert.equal(
          Math.sign(compareVersions(older, newer)),
          Math.sign(i - j),
          `${older} ${newer}`,
        );
      }
    }
  });

  it('are equal when only zeros are missing', () => {
    assert.equal(compareVersions('3.0.196.0', '3.0.196'), 0);
    assert.equal(compareVersions('', '0.0.0.0'), 0);
  });

  it('count a part that is not a number as 0', () => {
    assert.equal(compareVersions('3.x.-1.1e3', '3.0.0.0'), 0);
    assert.equal(compareVersions('agent', '0'), 0);
  });

  it('have four parts', () => {
    assert.equal(compareVersions('1.2.3.4.5', '1.2.3.4.6'), 0);
  });

  it('can be ordered with numbers of any length', () => {
    const endless = '9'.repeat(400);
    assert.equal(compareVersions(endless, endless), 0);
    assert.ok(!Number.isNaN(compareVersions(`3.${endless}`, `3.${endless}1`)));
  });
});
