import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { runTool } from '../../../build/tool.ts';
import { writeZip, type ZipEntry } from '../../../packaging/archive/zip-file.ts';
import { requireTools } from '../../support/require-tools.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { BSDTAR, PYTHON, SEVEN_ZIP, UNZIP } from '../../support/tools.ts';

const TEXT = Buffer.from('some text\n'.repeat(1000));
const ENTRIES: readonly ZipEntry[] = [
  { name: 'tree/', permissions: 0o755, content: Buffer.alloc(0), level: undefined },
  { name: 'tree/program.exe', permissions: 0o755, content: TEXT, level: 9 },
  { name: 'tree/packed.zip', permissions: 0o644, content: TEXT, level: undefined },
  { name: 'tree/größe', permissions: 0o644, content: Buffer.alloc(0), level: 1 },
];
/** 2023-11-14, 22:13:20 in UTC. */
const EPOCH = 1_700_000_000;

async function written(t: TestContext, unixTimes: boolean): Promise<string> {
  const file = join(temporaryDirectory(t), 'file.zip');
  await writeZip(ENTRIES, file, { epoch: EPOCH, unixTimes });
  return file;
}

describe('a ZIP file', () => {
  for (const unixTimes of [false, true]) {
    it(`with ${unixTimes ? 'times of Unix' : 'a time of day'} is whole for unzip, 7z, bsdtar and Python`, async (t) => {
      if (!requireTools(t, UNZIP, SEVEN_ZIP, BSDTAR, PYTHON)) return;
      const file = await written(t, unixTimes);
      runTool(UNZIP, ['-tqq', file]);
      const tested = runTool(SEVEN_ZIP, ['t', file]).toString();
      assert.match(tested, /^Everything is Ok$/m);
      assert.doesNotMatch(tested, /warning/i);
      assert.ok(runTool(BSDTAR, ['-xOf', file, 'tree/packed.zip']).equals(TEXT));
      assert.ok(runTool(UNZIP, ['-p', file, 'tree/program.exe']).equals(TEXT));
      const listing = `import sys, zipfile
z = zipfile.ZipFile(sys.argv[1])
assert z.testzip() is None
for i in z.infolist():
    print(i.filename, oct(i.external_attr >> 16), i.compress_type, i.date_time)`;
      const listed = runTool(PYTHON, ['-X', 'utf8', '-c', listing, file]).toString();
      const time = '(2023, 11, 14, 22, 13, 20)';
      assert.deepEqual(listed.trimEnd().split('\n'), [
        `tree/ 0o40755 0 ${time}`,
        `tree/program.exe 0o100755 8 ${time}`,
        `tree/packed.zip 0o100644 0 ${time}`,
        `tree/größe 0o100644 8 ${time}`,
      ]);
    });
  }

  it('has the time of the release in every time zone only with times of Unix', async (t) => {
    if (!requireTools(t, UNZIP)) return;
    const timeIn = async (unixTimes: boolean): Promise<string> => {
      const options = { env: { TZ: 'Asia/Kathmandu' } };
      const listing = runTool(
        UNZIP,
        ['-Z', '-lT', await written(t, unixTimes)],
        options,
      ).toString();
      return /(\d{8}\.\d{6}) tree\/packed\.zip/.exec(listing)?.[1] ?? '';
    };
    assert.equal(await timeIn(false), '20231114.221320');
    assert.equal(await timeIn(true), '20231115.035820');
  });

  it('that would be too large for the format is refused', async (t) => {
    const file = join(temporaryDirectory(t), 'file.zip');
    const many = Array.from({ length: 65_536 }, (_, number): ZipEntry => {
      return {
        name: String(number),
        permissions: 0o644,
        content: Buffer.alloc(0),
        level: undefined,
      };
    });
    await assert.rejects(writeZip(many, file, { epoch: EPOCH, unixTimes: false }), {
      name: 'BuildError',
      message: `${file} would be too large for a ZIP file`,
    });
  });
});
