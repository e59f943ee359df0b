import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { startTwoMachines, type TwoMachines } from './support/two-machines.ts';

const CONTENT = randomBytes(8_000_000);

/** Starts a copy from the target that is slow, and ends it by Ctrl-C when some of it is here. */
async function interruptDownload(
  { here, there, start }: TwoMachines,
  ...options: readonly string[]
): Promise<number | null> {
  writeFileSync(join(there, 'f'), CONTENT);
  writeFileSync(join(here, 'f'), 'old');
  const program = start([...options, '--json', '--limit-rate', '1M', 'T:f', '.']);
  await program.stdout.until('that a part is here', (text) =>
    /"event":"progress".*"bytes":[1-9]/.test(text),
  );
  program.kill('SIGINT');
  return (await program.end()).status;
}

function partialFiles(directory: string): readonly string[] {
  return readdirSync(directory).filter((name) => name.endsWith('.part'));
}

describe('cp that is interrupted', () => {
  it('leaves the old file as it was, and no session and no temporary file', async (t) => {
    const machines = await startTwoMachines(t);
    assert.equal(await interruptDownload(machines), 130);
    assert.equal(readFileSync(join(machines.here, 'f'), 'utf8'), 'old');
    await machines.checkNothingLeft();
  });

  it('leaves the old file on the target as it was', async (t) => {
    const { here, there, start, checkNothingLeft } = await startTwoMachines(t);
    writeFileSync(join(here, 'f'), CONTENT);
    writeFileSync(join(there, 'f'), 'old');
    const program = start(['--json', '--sessions', '1', 'f', 'T:f']);
    await program.stdout.until('that it has begun', (text) => text.includes('"started"'));
    program.kill('SIGINT');
    assert.equal((await program.end()).status, 130);
    assert.equal(readFileSync(join(there, 'f'), 'utf8'), 'old');
    await checkNothingLeft();
  });
});

describe('cp --resume', () => {
  it('continues a copy that was interrupted', async (t) => {
    const machines = await startTwoMachines(t);
    const { here, cp, checkNothingLeft } = machines;
    assert.equal(await interruptDownload(machines, '--resume'), 130);
    assert.equal(readFileSync(join(here, 'f'), 'utf8'), 'old');
    assert.equal(partialFiles(here).length, 1);
    const { status, stdout } = await cp('--resume', '--json', 'T:f', '.');
    const started = JSON.parse(stdout.split('\n')[0] ?? '') as { readonly bytes: number };
    assert.ok(started.bytes > 0, stdout);
    assert.equal(status, 0);
    assert.ok(readFileSync(join(here, 'f')).equals(CONTENT));
    await checkNothingLeft();
  });

  it('starts again when the source does not begin with what is here', async (t) => {
    const machines = await startTwoMachines(t);
    const { here, there, cp, checkNothingLeft } = machines;
    assert.equal(await interruptDownload(machines, '--resume'), 130);
    const other = randomBytes(CONTENT.length);
    writeFileSync(join(there, 'f'), other);
    const { status, stderr } = await cp('--resume', 'T:f', '.');
    assert.match(stderr, /does not begin with what an earlier copy has left/);
    assert.equal(status, 0);
    assert.ok(readFileSync(join(here, 'f')).equals(other));
    await checkNothingLeft();
  });

  for (const [name, change] of [
    ['does not exist for a while', () => undefined],
    ['is a directory', (path: string) => mkdirSync(path)],
  ] as const) {
    it(`keeps what is here when the source ${name}`, async (t) => {
      const machines = await startTwoMachines(t);
      const { here, there, cp, checkNothingLeft } = machines;
      assert.equal(await interruptDownload(machines, '--resume'), 130);
      const [partial = ''] = partialFiles(here);
      const { size } = statSync(join(here, partial));
      renameSync(join(there, 'f'), join(there, 'kept'));
      change(join(there, 'f'));
      const { status, stderr } = await cp('--resume', 'T:f', '.');
      assert.match(stderr, new RegExp(`^The partial copy is .*\\${partial}\\. To continue it`));
      assert.equal(status, 255);
      assert.equal(statSync(join(here, partial)).size, size);
      rmSync(join(there, 'f'), { recursive: true, force: true });
      renameSync(join(there, 'kept'), join(there, 'f'));
      assert.equal((await cp('--resume', '-q', 'T:f', '.')).status, 0);
      assert.ok(readFileSync(join(here, 'f')).equals(CONTENT));
      await checkNothingLeft();
    });
  }

  it('leaves no empty file when there is nothing to continue', async (t) => {
    const { cp, checkNothingLeft } = await startTwoMachines(t);
    const { status, stderr } = await cp('--resume', 'T:missing', '.');
    assert.match(stderr, /^session-manager-plugin: ".*\/missing" does not exist/);
    assert.equal(status, 255);
    await checkNothingLeft();
  });
});
