import assert from 'node:assert/strict';
import { it } from 'node:test';
import { runTool } from '../../../build/tool.ts';
import { posixChecksum } from '../../../packaging/macos/cksum.ts';

it('checksum: that of the program cksum, also of lengths of several bytes', () => {
  const inputs = [0, 1, 3, 255, 256, 257, 70_000].map((length) =>
    Buffer.from(Array.from({ length }, (_, index) => (index * 31) % 256)),
  );
  for (const input of inputs) {
    const cksum = { program: 'cksum', debianPackage: 'coreutils' };
    const expected = runTool(cksum, [], { input }).toString('utf8').split(' ')[0];
    assert.equal(String(posixChecksum(input)), expected, `${input.length} bytes`);
  }
});
