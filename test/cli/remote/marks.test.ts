import assert from 'node:assert/strict';
import { spawnSync } from '../../support/child-process.ts';
import { randomFillSync } from 'node:crypto';
import { describe, it } from 'node:test';
import { createMarkedOutput, createMarks } from '../../../src/cli/remote/marks.ts';
import { PayloadType } from '../../../src/protocol/payload-type.ts';
import { seeded, type Random } from '../../support/random.ts';
import { needs } from '../../support/require-tools.ts';
import { POSIX_SHELLS } from '../../support/posix-shells.ts';

const newMarks = () => createMarks((buffer) => randomFillSync(buffer));
const endOf = ({ end }: ReturnType<typeof newMarks>, status: number): Buffer =>
  Buffer.concat([end, Buffer.from(`${status};`)]);

/** Output that is full of what marks begin with. */
function randomOutput(random: Random, mark: Buffer): Buffer {
  const pieces = Array.from({ length: random.between(0, 6) }, () =>
    random.chance(0.5)
      ? random.bytes(random.between(0, 20))
      : mark.subarray(0, random.between(0, mark.length - 1)),
  );
  return Buffer.concat(pieces);
}

function cut(random: Random, bytes: Buffer): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = random.between(1, 40);
    pieces.push(bytes.subarray(at, at + length));
    at += length;
  }
  return pieces;
}

describe('the output of a terminal with marks', () => {
  it('is what is printed between the marks, wherever the payloads are cut', () =>
    seeded((random) => {
      for (let round = 0; round < 300; round++) {
        const marks = newMarks();
        const output = randomOutput(random, marks.end);
        const before = randomOutput(random, marks.ready);
        const status = random.below(256);
        const after = random.bytes(random.between(0, 5));
        const { filter } = createMarkedOutput(marks, true);
        const pieces = cut(
          random,
          Buffer.concat([before, marks.ready, output, endOf(marks, status), after]),
        );
        const taken = pieces.map((piece) => filter.take(PayloadType.Output, piece));
        assert.deepEqual(Buffer.concat([...taken, filter.rest()]), output);
        assert.equal(filter.exitStatus, status);
      }
    }));

  it('is all of it when the session ends without an end mark', () =>
    seeded((random) => {
      for (let round = 0; round < 100; round++) {
        const marks = newMarks();
        const output = randomOutput(random, marks.end);
        const { filter } = createMarkedOutput(marks, false);
        const taken = cut(random, output).map((piece) => filter.take(PayloadType.Output, piece));
        assert.deepEqual(Buffer.concat([...taken, filter.rest()]), output);
        assert.equal(filter.exitStatus, undefined);
      }
    }));

  it('is nothing, with a status, when the script ends before it is ready', () => {
    const marks = newMarks();
    const marked = createMarkedOutput(marks, true);
    const all = Buffer.concat([Buffer.from('stty: not found\r\n'), endOf(marks, 3)]);
    const taken = [...all].map((byte) => marked.filter.take(PayloadType.Output, Buffer.of(byte)));
    assert.equal(Buffer.concat(taken).length, 0);
    assert.equal(marked.filter.exitStatus, 3);
    assert.equal(marked.isReady, false);
  });

  it('has no status when what follows the end mark is none', () => {
    for (const status of ['', 'abc', '1e2', '0x1', '-1', '+1', ' 1', '256', '999', '1234']) {
      const marks = newMarks();
      const { filter } = createMarkedOutput(marks, false);
      filter.take(PayloadType.Output, Buffer.concat([marks.end, Buffer.from(`${status};`)]));
      assert.equal(filter.exitStatus, undefined, status);
    }
  });

  it('reports the ready mark once', () => {
    const marks = newMarks();
    let ready = 0;
    const { filter } = createMarkedOutput(marks, true, () => ready++);
    filter.take(PayloadType.Output, marks.ready.subarray(0, 5));
    assert.equal(ready, 0);
    filter.take(PayloadType.Output, Buffer.concat([marks.ready.subarray(5), marks.ready]));
    assert.equal(ready, 1);
  });
});

describe('the scripts of marks', () => {
  for (const { name, tool, hasOwnTools } of POSIX_SHELLS) {
    it(`print them in ${name}, and do not contain them`, needs(tool), () => {
      const marks = newMarks();
      const script = `${marks.printReady}; (exit 42); ${marks.printEnd('"$?"')}`;
      const words = hasOwnTools ? ['sh', '-c', script] : ['-c', script];
      const { stdout } = spawnSync(tool.program, words);
      assert.deepEqual(stdout, Buffer.concat([marks.ready, endOf(marks, 42)]));
      assert.ok(!script.includes(marks.ready.toString('latin1')));
      assert.ok(!script.includes(marks.end.toString('latin1')));
    });
  }
});
