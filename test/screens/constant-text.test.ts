import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { constantText } from './support/constant-text.ts';

const ENDPOINT = 'http://127.0.0.1:40200';

describe('the constant text of a screen', () => {
  it('replaces the port of the local target', () => {
    assert.equal(constantText('at 127.0.0.1:40200', ENDPOINT, []), 'at 127.0.0.1:50000');
  });

  it('replaces each text once, when one of them is what stands for another', () => {
    const ports = [
      ['40001', '40002'],
      ['38123', '40001'],
    ] as const;
    assert.equal(constantText('38123 and 40001', ENDPOINT, ports), '40001 and 40002');
    assert.equal(constantText('38123 and 40001', ENDPOINT, ports.toReversed()), '40001 and 40002');
  });

  it('replaces the longer of two texts that begin alike', () => {
    const names = [
      ['/tmp/s-1', '/home/al'],
      ['/tmp/s-12', '/home/bob'],
    ] as const;
    assert.equal(constantText('/tmp/s-12 /tmp/s-1', ENDPOINT, names), '/home/bob /home/al');
  });

  it('refuses a text of another length, which would move what follows it', () => {
    assert.throws(() => constantText('abc', ENDPOINT, [['abc', 'ab']]), /not as long as/);
  });
});
