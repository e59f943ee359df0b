import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { SetupFormatError, startSilently } from '../../../packaging/windows/start-silently.ts';
import { requireTools } from '../../support/require-tools.ts';
import { MAKENSIS, WINE } from '../../support/windows-tools.ts';
import { filesIn, MACHINE_DIRECTORY, onDriveC } from './support/installation.ts';
import { smallSetup } from './support/small-setup.ts';
import { startWine } from './support/wine.ts';

/** Where the script's data are, far after the programs of NSIS. */
const IN_THE_DATA = -1_000;

describe('a setup that is silent from the start', () => {
  it('stays as it is when it is already', (t) => {
    if (!requireTools(t, MAKENSIS)) return;
    const setup = readFileSync(smallSetup(t, '1.3.0.0'));
    assert.ok(startSilently(setup).equals(setup));
  });

  it('is not made of what makensis has not made', (t) => {
    if (!requireTools(t, MAKENSIS)) return;
    const setup = readFileSync(smallSetup(t, '1.3.0.0'));
    const damaged = Buffer.from(setup);
    damaged.writeUInt8(
      damaged.readUInt8(setup.length + IN_THE_DATA) ^ 1,
      setup.length + IN_THE_DATA,
    );
    for (const file of [Buffer.alloc(10_000), setup.subarray(0, IN_THE_DATA), damaged]) {
      assert.throws(() => startSilently(file), SetupFormatError);
    }
  });

  it('still refuses to install when it is damaged', async (t) => {
    if (!requireTools(t, MAKENSIS, WINE)) return;
    const wine = startWine();
    t.after(() => wine.remove());
    const file = onDriveC(wine, 'C:\\setup.exe');
    copyFileSync(smallSetup(t, '1.3.0.0'), file);
    const setup = readFileSync(file);
    setup.writeUInt8(setup.readUInt8(setup.length + IN_THE_DATA) ^ 1, setup.length + IN_THE_DATA);
    writeFileSync(file, setup);
    assert.notEqual((await wine.run('C:\\setup.exe /quiet')).exitCode, 0);
    assert.equal(filesIn(wine, MACHINE_DIRECTORY), undefined);
  });
});
