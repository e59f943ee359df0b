import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { signingFacts } from '../../build/build-settings.ts';
import { fingerprint, makeWhenChanged } from '../../build/fingerprint.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

describe('a fingerprint', () => {
  it('changes with every content, name and fact, and with nothing else', (t) => {
    const root = temporaryDirectory(t);
    mkdirSync(join(root, 'directory'));
    writeFileSync(join(root, 'directory', 'one'), 'first');
    writeFileSync(join(root, 'file'), 'second');
    const take = (facts: readonly string[] = []): string =>
      fingerprint(root, ['directory', 'file'], facts);
    const seen = [take()];
    assert.equal(take(), seen[0]);
    seen.push(take(['a fact']));
    writeFileSync(join(root, 'directory', 'one'), 'other');
    seen.push(take());
    renameSync(join(root, 'directory', 'one'), join(root, 'directory', 'two'));
    seen.push(take());
    writeFileSync(join(root, 'directory', 'three'), '');
    seen.push(take());
    assert.equal(new Set(seen).size, seen.length);
  });

  it('separates the end of one file from the beginning of the next', (t) => {
    const root = temporaryDirectory(t);
    writeFileSync(join(root, 'a'), 'xy');
    writeFileSync(join(root, 'b'), 'z');
    const first = fingerprint(root, ['a', 'b'], []);
    writeFileSync(join(root, 'a'), 'x');
    writeFileSync(join(root, 'b'), 'yz');
    assert.notEqual(fingerprint(root, ['a', 'b'], []), first);
  });
});

describe('making what has changed', () => {
  it('makes it when it is not there or its inputs are others, and only then', async (t) => {
    const directory = temporaryDirectory(t);
    const outputs = [join(directory, 'tree'), join(directory, 'package')] as const;
    let made = 0;
    const make = (inputs: string): Promise<void> =>
      makeWhenChanged([...outputs], inputs, () => {
        made++;
        for (const output of outputs) writeFileSync(output, inputs);
      });
    await make('one');
    await make('one');
    assert.equal(made, 1);
    await make('two');
    assert.equal(made, 2);
    for (const output of outputs) {
      rmSync(output);
      made = 0;
      await make('two');
      assert.equal(made, 1, `${output} was deleted`);
    }
  });

  for (const inputs of ['one', 'two']) {
    it(`tries again after a failure with inputs "${inputs}"`, async (t) => {
      const output = join(temporaryDirectory(t), 'output');
      await makeWhenChanged([output], 'one', () => writeFileSync(output, 'whole'));
      const fail = (): void => {
        writeFileSync(output, 'half');
        throw new Error('the disk is full');
      };
      await assert.rejects(makeWhenChanged([output], 'two', fail), /the disk is full/);
      // What is there is neither of the old inputs any more, nor of the new ones.
      let made = false;
      await makeWhenChanged([output], inputs, () => {
        made = true;
      });
      assert.ok(made);
    });
  }
});

describe('what the environment adds', () => {
  const CERTIFICATE = 'SSM_SIGN_WINDOWS_CERTIFICATE';

  it('changes with the content of a certificate that keeps its path', (t) => {
    const file = join(temporaryDirectory(t), 'certificate.p12');
    const take = (): readonly string[] => signingFacts({ [CERTIFICATE]: file, HOME: '/root' });
    writeFileSync(file, 'of this year');
    const before = take();
    assert.equal(before.length, 1);
    assert.deepEqual(take(), before);
    writeFileSync(file, 'of the next');
    assert.notDeepEqual(take(), before);
    rmSync(file);
    assert.deepEqual(take(), [`${CERTIFICATE}=${file}`]);
  });

  it('is nothing for an identity that is set to nothing', () => {
    assert.deepEqual(signingFacts({ [CERTIFICATE]: '' }), []);
  });
});
