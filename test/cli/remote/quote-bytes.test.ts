import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { quoteBytes, quoteRaw } from '../../../src/cli/remote/quote-bytes.ts';
import { spawnSync } from '../../support/child-process.ts';
import { POSIX_SHELLS } from '../../support/posix-shells.ts';
import { seeded } from '../../support/random.ts';
import { needs } from '../../support/require-tools.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const EVERY_BYTE = Buffer.from(Array.from({ length: 255 }, (_, i) => i + 1));
const NAMES: readonly (string | Buffer)[] = [
  'plain.txt',
  'with space',
  `it's "quoted" $HOME \`id\` \\n * ? [a] ~ # ! {{x}} $$`,
  'Ünïcödé 日本語 🎉',
  '%d%s%%',
  'line\nfeed',
  'line feeds at the end\n\n\n',
  '\n',
  'tab\tand\r\x1b[31m',
  'replacement \ufffd',
  Buffer.from([0xff]),
  Buffer.from([0xc3, 0x28, 0x0a]),
  Buffer.from([0x61, 0xff, 0x30, 0x31]),
  EVERY_BYTE,
  Buffer.concat([Buffer.from('/tmp/%'), EVERY_BYTE, Buffer.from('\n')]),
];

describe('a quoted name of any bytes', () => {
  for (const { name: shell, tool, hasOwnTools } of POSIX_SHELLS) {
    const valueOf = (word: string): Buffer => {
      const script = `printf %s ${word}`;
      return spawnSync(tool.program, hasOwnTools ? ['sh', '-c', script] : ['-c', script]).stdout;
    };

    it(`is one word of ${shell} with these bytes`, needs(tool), () => {
      for (const name of NAMES) {
        const bytes = Buffer.from(name);
        const word = quoteBytes(bytes);
        assert.deepEqual(valueOf(word), bytes, word);
        // A command is text.
        assert.ok(!word.includes('\0'));
        assert.equal(Buffer.from(word).toString(), word);
      }
    });

    it(`is one word of ${shell}, whatever the bytes are`, needs(tool), () =>
      seeded((random) => {
        for (let round = 0; round < 20; round++) {
          const bytes = Buffer.from(random.bytes(random.between(1, 30)).map((byte) => byte || 1));
          if (bytes[0] === 0x2d) bytes[0] = 0x2e;
          assert.deepEqual(valueOf(quoteBytes(bytes)), bytes);
        }
      }),
    );
  }

  for (const { name: shell, tool, hasOwnTools } of POSIX_SHELLS) {
    it(`is one word of ${shell} in a script of bytes, as it is`, needs(tool), (t) => {
      const names = [...NAMES, '-rf', ''].map((name) => Buffer.from(name));
      const script = Buffer.concat([
        Buffer.from('printf "%s\\0"'),
        ...names.map((name) => Buffer.concat([Buffer.from(' '), quoteRaw(name)])),
      ]);
      const file = join(temporaryDirectory(t), 'script');
      writeFileSync(file, script);
      const { stdout } = spawnSync(tool.program, hasOwnTools ? ['sh', file] : [file]);
      assert.deepEqual(
        stdout,
        Buffer.concat(names.map((name) => Buffer.concat([name, Buffer.of(0)]))),
      );
    });
  }

  it('is no option, also when it begins with a dash', () => {
    assert.equal(quoteBytes(Buffer.from('-rf')), './-rf');
    assert.equal(quoteBytes(Buffer.from([0x2d, 0xff])), String.raw`"$(printf './-\377')"`);
  });
});
