import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { MOUNTS, PRIVATE_MOUNTS } from '../../../support/private-mounts.ts';
import { needs } from '../../../support/require-tools.ts';
import { outcomeOf } from '../support/run-command.ts';
import { startTwoMachines, type TwoMachines } from './support/two-machines.ts';

/** Runs the program with a disk of 1 MiB that has an old file, and lists the disk in the end. */
const ON_SMALL_DISK = `mount -t tmpfs -o size=1m small disk && echo old >disk/f || exit 99
"$@"
status=$?
ls -A disk >left
cat disk/f >>left
exit $status`;

async function copyToSmallDisk(
  { here, start }: TwoMachines,
  ...args: readonly string[]
): Promise<{ readonly status: number | null; readonly stderr: string; readonly left: string }> {
  mkdirSync(join(here, 'disk'));
  const through = [...PRIVATE_MOUNTS, 'sh', '-c', ON_SMALL_DISK, 'sh'];
  const { status, stderr } = await outcomeOf(start(args, { through }));
  return { status, stderr, left: readFileSync(join(here, 'left'), 'utf8') };
}

describe('cp to a full disk of this machine', needs(MOUNTS), () => {
  it('fails with one sentence, and leaves the old file and nothing else', async (t) => {
    const machines = await startTwoMachines(t);
    writeFileSync(join(machines.there, 'f'), randomBytes(2_000_000));
    const { status, stderr, left } = await copyToSmallDisk(machines, 'T:f', 'disk');
    assert.match(
      stderr,
      /^session-manager-plugin: ".*\/disk\/f" cannot be written: no space left on device \(ENOSPC\)\. .*\n$/,
    );
    assert.equal(status, 255);
    assert.equal(left, 'f\nold\n');
    await machines.checkNothingLeft();
  });

  it('keeps the part that has space with --resume', async (t) => {
    const machines = await startTwoMachines(t);
    writeFileSync(join(machines.there, 'f'), randomBytes(2_000_000));
    const { status, stderr, left } = await copyToSmallDisk(machines, '--resume', 'T:f', 'disk');
    assert.match(stderr, /^The partial copy is .*\/disk\/\.f\.[0-9a-f]+\.part\. .*\n.*ENOSPC/);
    assert.equal(status, 255);
    assert.match(left, /^\.f\.[0-9a-f]+\.part\nf\nold\n$/);
    await machines.checkNothingLeft();
  });

  it('leaves nothing of a directory', async (t) => {
    const machines = await startTwoMachines(t);
    mkdirSync(join(machines.there, 'tree'));
    writeFileSync(join(machines.there, 'tree', 'small'), 'x');
    writeFileSync(join(machines.there, 'tree', 'zlarge'), randomBytes(2_000_000));
    const { status, stderr, left } = await copyToSmallDisk(machines, '-r', 'T:tree', 'disk');
    assert.match(stderr, /^session-manager-plugin: ".*\/zlarge" cannot be written: .*ENOSPC/);
    assert.equal(stderr.trim().split('\n').length, 1);
    assert.equal(status, 255);
    assert.equal(left, 'f\nold\n');
    await machines.checkNothingLeft();
  });
});
