import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { needs } from '../../../support/require-tools.ts';
import { TARGET } from '../../support/target.ts';
import { outcomeOf } from '../support/run-command.ts';
import { startTwoMachines } from './support/two-machines.ts';

/** ISO 8859-1. */
const NAME = Buffer.from('caf\xe9', 'latin1');
const NAME_IN_PRINTF = String.raw`caf\351`;
const LINUX = {
  obstacle: process.platform === 'linux' ? undefined : 'only Linux passes on names of any bytes',
};

function pathIn(directory: string): Buffer {
  return Buffer.concat([Buffer.from(`${directory}/`), NAME]);
}

/** Adds arguments, in which `%s` of printf is not special, to those of the program. */
function through(...formats: readonly string[]): readonly string[] {
  const words = formats.map((format) => `"$(printf -- '${format}')"`);
  return ['sh', '-c', `exec "$@" ${words.join(' ')}`, 'sh'];
}

describe('cp with a name that is not UTF-8', needs(LINUX), () => {
  it('copies it from a target, byte for byte', async (t) => {
    const { here, there, start, checkNothingLeft } = await startTwoMachines(t);
    writeFileSync(pathIn(there), 'coffee');
    const { status, stderr } = await outcomeOf(
      start([], { through: through(`${TARGET}:${NAME_IN_PRINTF}`, '.') }),
    );
    assert.match(stderr, /^Copied .*:caf\\xe9 to \.: 6 B in /);
    assert.equal(status, 0);
    assert.deepEqual(readdirSync(here, { encoding: 'buffer' }), [NAME]);
    assert.equal(readFileSync(pathIn(here), 'utf8'), 'coffee');
    await checkNothingLeft();
  });

  it('copies it to a target, and under such a name', async (t) => {
    const { here, there, start, checkNothingLeft } = await startTwoMachines(t);
    writeFileSync(pathIn(here), 'coffee');
    writeFileSync(join(here, 'tea'), 'tea');
    const upload = async (...formats: readonly string[]): Promise<void> => {
      const run = await outcomeOf(start(['-q'], { through: through(...formats) }));
      assert.deepEqual(run, { status: 0, stdout: '', stderr: '' });
    };
    await upload(NAME_IN_PRINTF, `${TARGET}:`);
    assert.deepEqual(readdirSync(there, { encoding: 'buffer' }), [NAME]);
    assert.equal(readFileSync(pathIn(there), 'utf8'), 'coffee');
    await upload('tea', `${TARGET}:${NAME_IN_PRINTF}`);
    assert.equal(readFileSync(pathIn(there), 'utf8'), 'tea');
    await checkNothingLeft();
  });

  it('refuses it when another argument looks the same', async (t) => {
    const { start, target } = await startTwoMachines(t);
    const { status, stderr } = await outcomeOf(
      start([], { through: through('--reason', String.raw`caf\350`, NAME_IN_PRINTF, 'T:') }),
    );
    assert.equal(
      stderr,
      'session-manager-plugin: "caf�" is not UTF-8, and this system does not tell the program its bytes. Rename it, or copy the directory that it is in with -r.\n',
    );
    assert.equal(status, 255);
    assert.deepEqual(target.aws.apiCalls, []);
  });
});
