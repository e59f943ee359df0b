import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { locateOnWindows } from '../../../../../src/commands/cp/s3/windows/windows-path.ts';

const HOME = 'C:\\Users\\ssm-user';

describe('a path of a target with Windows', () => {
  for (const [written, path, name] of [
    ['C:\\data\\a.txt', 'C:/data/a.txt', 'a.txt'],
    ['C:/data/', 'C:/data/', 'data'],
    ['d:', 'd:/', undefined],
    ['D:\\', 'D:/', undefined],
    ['\\\\server\\share\\a', '//server/share/a', 'a'],
    ['a b.txt', 'C:/Users/ssm-user/a b.txt', 'a b.txt'],
    ['~/a', 'C:/Users/ssm-user/a', 'a'],
    ['~\\a', 'C:/Users/ssm-user/a', 'a'],
    ['logs\\..', 'C:/Users/ssm-user/logs/..', undefined],
  ] as const) {
    it(`is ${path} for ${written}`, () => {
      const located = locateOnWindows(Buffer.from(written), HOME);
      assert.equal(located.path.toString(), path);
      assert.equal(located.name?.toString(), name);
    });
  }

  for (const written of ['', '~']) {
    it(`is the home directory for "${written}"`, () => {
      const { path, name } = locateOnWindows(Buffer.from(written), HOME);
      assert.match(path.toString(), /^C:\/Users\/ssm-user\/?$/);
      assert.equal(name, undefined);
    });
  }
});
