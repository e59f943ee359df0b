import assert from 'node:assert/strict';
import { cpSync, globSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { VERSION } from '../../support/product.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { runCommandPiped } from '../support/piped-program.ts';
import { NO_CREDENTIALS } from '../support/program.ts';

const DIST = join(import.meta.dirname, '..', '..', '..', 'dist');
const COMMIT = '0123456789abcdef0123456789abcdef01234567';

/** The bundle with a record beside it. @returns the command line of the program */
function recorded(t: TestContext, place: string, record: object): readonly [string, string] {
  const root = temporaryDirectory(t);
  const directory = join(root, place);
  mkdirSync(directory, { recursive: true });
  for (const name of globSync('*.cjs', { cwd: DIST }))
    cpSync(join(DIST, name), join(directory, name));
  writeFileSync(join(root, 'build.json'), JSON.stringify(record));
  return [process.execPath, join(directory, 'session-manager-plugin.cjs')];
}

describe('the record of the build', () => {
  it('is what --version --verbose prints', async (t) => {
    const record = { install: 'npm', target: 'javascript', commit: COMMIT, runtimeEnds: {} };
    for (const place of ['.', 'lib']) {
      const program = recorded(t, place, record);
      assert.deepEqual(await runCommandPiped(t, [...program, '--version', '--verbose']), {
        status: 0,
        stdout: [
          `version  ${VERSION}`,
          `runtime  Node.js ${process.versions.node}`,
          'target   javascript',
          'install  npm package',
          `commit   ${COMMIT}`,
          '',
        ].join('\n'),
        stderr: '',
      });
    }
  });

  it('makes doctor warn of the end of the runtime', async (t) => {
    const [line = ''] = process.versions.node.split('.', 1);
    const warnings = async (end: string): Promise<readonly unknown[]> => {
      const program = recorded(t, 'bin', {
        ...{ install: 'deb', target: 'linux-x64', runtimeEnds: { [line]: end } },
      });
      const { stdout } = await runCommandPiped(t, [...program, 'doctor', '--json'], {
        env: { ...NO_CREDENTIALS, PATH: '/nowhere' },
      });
      const { findings } = JSON.parse(stdout) as { findings: readonly { check: string }[] };
      return findings.filter(({ check }) => check === 'runtime');
    };
    assert.deepEqual(await warnings('2020-04-30'), [
      {
        check: 'runtime',
        verdict: 'warning',
        text: `Node.js ${process.versions.node} has had no security fixes since 2020-04-30`,
        next: 'Install the newest version of this program, which contains a newer Node.js',
      },
    ]);
    assert.deepEqual(await warnings('9999-12-31'), []);
  });
});
