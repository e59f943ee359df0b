import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { fingerprint, makeWhenChanged } from '../../build/fingerprint.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

suite('a fingerprint', () => {
  test('changes with every content, name and fact, and with nothing else', (t) => {
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

  test('tells where one file ends and the next begins', (t) => {
    const root = temporaryDirectory(t);
    writeFileSync(join(root, 'a'), 'xy');
    writeFileSync(join(root, 'b'), 'z');
    const first = fingerprint(root, ['a', 'b'], []);
    writeFileSync(join(root, 'a'), 'x');
    writeFileSync(join(root, 'b'), 'yz');
    assert.notEqual(fingerprint(root, ['a', 'b'], []), first);
  });
});

suite('making what has changed', () => {
  test('makes it when it is not there or its inputs are others, and only then', async (t) => {
    const output = join(temporaryDirectory(t), 'output');
    let made = 0;
    const make = (inputs: string): Promise<void> =>
      makeWhenChanged(output, inputs, () => {
        made++;
        writeFileSync(output, inputs);
      });
    await make('one');
    await make('one');
    assert.equal(made, 1);
    await make('two');
    assert.equal(made, 2);
    rmSync(output);
    await make('two');
    assert.equal(made, 3);
  });

  test('tries again after a failure', async (t) => {
    const output = join(temporaryDirectory(t), 'output');
    const fail = (): void => {
      writeFileSync(output, 'half');
      throw new Error('the disk is full');
    };
    await assert.rejects(makeWhenChanged(output, 'one', fail), /the disk is full/);
    let made = false;
    await makeWhenChanged(output, 'one', () => {
      made = true;
    });
    assert.ok(made);
  });
});
