import assert from 'node:assert/strict';
import {
  chmodSync,
  chownSync,
  lchownSync,
  mkdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
  existsSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { createConnections } from '../../../src/cli/connections/connections.ts';
import type { Connections } from '../../../src/cli/connections/connection.ts';
import { isCommandError } from '../../../src/cli/framework/command-context.ts';
import {
  MAX_CONNECTIONS_BYTES,
  readTrustedFile,
} from '../../../src/cli/connections/trusted-file.ts';
import { spawnSync } from '../../support/child-process.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const USER_FILE = '.config/session-manager-plugin/connections.toml';

/** Files in a home directory, by their paths. */
function homeWith(t: TestContext, files: Readonly<Record<string, string>>): string {
  const home = temporaryDirectory(t);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(home, path)), { recursive: true });
    writeFileSync(join(home, path), text, { mode: 0o644 });
  }
  return home;
}

function connectionsIn(home: string, directory: string, userId?: number): Connections {
  return createConnections({
    env: { HOME: home },
    platform: 'linux',
    directory: () => join(home, directory),
    userId: userId ?? process.geteuid?.(),
  });
}

function named(target: string, name = 'db'): string {
  return `[${name}]\ntarget = "${target}"\n`;
}

describe('a connection', () => {
  it('is the one of the closest file that defines its name', async (t) => {
    const home = homeWith(t, {
      [USER_FILE]: named('of-user') + named('of-user', 'web') + named('of-user', 'mail'),
      'a/.ssm.toml': named('of-a') + named('of-a', 'web'),
      'a/b/.ssm.toml': named('of-b'),
    });
    const found = async (directory: string): Promise<readonly (string | undefined)[]> => {
      const connections = connectionsIn(home, directory);
      const names = ['db', 'web', 'mail', 'other'];
      const all = await Promise.all(names.map((name) => connections.find(name)));
      return all.map((one) => one?.target);
    };
    mkdirSync(join(home, 'a/b/c'));
    assert.deepEqual(await found('a/b/c'), ['of-b', 'of-a', 'of-user', undefined]);
    assert.deepEqual(await found('a'), ['of-a', 'of-a', 'of-user', undefined]);
    assert.deepEqual(await found(''), ['of-user', 'of-user', 'of-user', undefined]);
  });

  it('is that of the user where the working directory was removed', async (t) => {
    const home = homeWith(t, { [USER_FILE]: named('of-user') });
    const connections = createConnections({
      ...{ env: { HOME: home }, platform: 'linux', directory: () => undefined },
      userId: process.geteuid?.(),
    });
    assert.equal((await connections.find('db'))?.target, 'of-user');
  });

  it('is searched for only in the profile of the user on Windows, which has no owner to check', async (t) => {
    const home = homeWith(t, {
      '.ssm.toml': named('of-all', 'root'),
      'user/.ssm.toml': named('of-user', 'own'),
      'user/project/.ssm.toml': named('of-project'),
      'user2/.ssm.toml': named('of-other', 'other'),
    });
    const foundIn = async (directory: string, profile?: string): Promise<readonly string[]> => {
      const connections = createConnections({
        env: { APPDATA: join(home, 'roaming'), USERPROFILE: profile },
        platform: 'win32',
        directory: () => join(home, directory),
        userId: undefined,
      });
      return (await connections.files()).flatMap((file) => file.connections.map((c) => c.target));
    };
    assert.deepEqual(await foundIn('user/project', join(home, 'user')), ['of-project', 'of-user']);
    assert.deepEqual(await foundIn('user2', join(home, 'user')), []);
    assert.deepEqual(await foundIn('user/project'), []);
  });

  it('is searched for in the directory of the system', () => {
    const at = (env: Record<string, string>, platform: NodeJS.Platform): string =>
      createConnections({ env, platform, directory: () => undefined, userId: undefined }).userFile;
    const below = 'session-manager-plugin/connections.toml';
    assert.equal(at({ HOME: '/h' }, 'linux'), `/h/.config/${below}`);
    assert.equal(at({ HOME: '/h' }, 'darwin'), `/h/.config/${below}`);
    assert.equal(at({ HOME: '/h', XDG_CONFIG_HOME: '/x' }, 'linux'), `/x/${below}`);
    assert.equal(at({ HOME: '/h', XDG_CONFIG_HOME: 'x' }, 'linux'), `/h/.config/${below}`);
    assert.equal(at({ APPDATA: '/r' }, 'win32'), `/r/${below}`);
  });

  it('is not found in a farther file while a closer one cannot be used', async (t) => {
    const home = homeWith(t, { [USER_FILE]: named('of-user'), 'a/.ssm.toml': '[db\n' });
    await assert.rejects(connectionsIn(home, 'a').find('db'), isCommandError);
    // A closer one that defines it is enough.
    writeFileSync(join(home, USER_FILE), '[db\n');
    writeFileSync(join(home, 'a/.ssm.toml'), named('of-a'));
    assert.equal((await connectionsIn(home, 'a').find('db'))?.target, 'of-a');
  });

  it('is read from no file when the text cannot be its name', async (t) => {
    const home = homeWith(t, { [USER_FILE]: '[db\n' });
    for (const text of ['i-0123456789abcdef0', '10.0.0.7', 'web.example.internal', '', '-']) {
      assert.equal(await connectionsIn(home, '').find(text), undefined);
    }
  });
});

/** What is wrong with `.ssm.toml`, once it was changed. */
async function problemOf(
  t: TestContext,
  change: (path: string) => void,
  userId?: number,
): Promise<string> {
  const home = homeWith(t, { '.ssm.toml': named('web') });
  const path = join(home, '.ssm.toml');
  change(path);
  const [file] = await connectionsIn(home, '', userId).files();
  assert.equal(file?.path, path);
  assert.deepEqual(file.connections.length, file.faults.length === 0 ? 1 : 0);
  return (file.faults[0]?.problem ?? '').replace(path, 'FILE');
}

describe('a connections file', { skip: process.platform === 'win32' }, () => {
  /** Gives a file to another user, as far as the user of the tests can: the id that the program then has. */
  const give = (path: string): number => {
    if (process.geteuid?.() === 0) chownSync(path, 4321, 4321);
    return statSync(path).uid + 1;
  };

  it('is refused when it belongs to another user', async (t) => {
    const home = homeWith(t, { '.ssm.toml': named('web') });
    const userId = give(join(home, '.ssm.toml'));
    await assert.rejects(connectionsIn(home, '', userId).find('db'), {
      code: 'connections-untrusted',
      message: new RegExp(
        `\\.ssm\\.toml is refused: it belongs to the user with the id ${userId - 1}\\. Copy it`,
      ),
    });
  });

  it('is refused when a link to it belongs to another user', async (t) => {
    if (process.geteuid?.() !== 0) {
      t.skip('only root can give links away');
      return;
    }
    const home = homeWith(t, { 'mine.toml': named('web') });
    const link = join(home, '.ssm.toml');
    symlinkSync(join(home, 'mine.toml'), link);
    assert.equal((await connectionsIn(home, '').find('db'))?.target, 'web');
    lchownSync(link, 4321, 4321);
    await assert.rejects(connectionsIn(home, '').find('db'), { code: 'connections-untrusted' });
  });

  for (const mode of [0o664, 0o646]) {
    it(`is refused with the mode ${mode.toString(8)}`, async (t) => {
      const problem = await problemOf(t, (path) => chmodSync(path, mode));
      assert.match(problem, /FILE is refused: other users may write to it/);
    });
  }

  it('is none in a directory that the user may not search', async (t) => {
    const home = homeWith(t, { 'locked/.ssm.toml': named('web') });
    const locked = join(home, 'locked');
    chmodSync(home, 0o755);
    chmodSync(locked, 0);
    // Root may search everything.
    const isRoot = process.geteuid?.() === 0;
    if (isRoot) process.seteuid?.(4321);
    try {
      assert.deepEqual(await connectionsIn(home, 'locked').files(), []);
    } finally {
      if (isRoot) process.seteuid?.(0);
      chmodSync(locked, 0o700);
    }
  });

  it('is read with the mode 644', async (t) => {
    assert.equal(await problemOf(t, (path) => chmodSync(path, 0o644)), '');
  });

  it('is refused when it is too large, not UTF-8, or no file', async (t) => {
    const large = `${named('web')}#${' '.repeat(MAX_CONNECTIONS_BYTES)}`;
    assert.match(
      await problemOf(t, (path) => writeFileSync(path, large)),
      /cannot be read: it has more than 262144 bytes/,
    );
    const latin1 = Buffer.from('# caf\xe9\n', 'latin1');
    assert.match(await problemOf(t, (path) => writeFileSync(path, latin1)), /it is not UTF-8/);
    const pipe = (path: string): void => {
      spawnSync('sh', ['-c', 'rm "$1" && mkfifo "$1"', 'sh', path]);
    };
    assert.match(await problemOf(t, pipe), /it is not a file/);
  });
});

describe('a file that is longer than its status reports', () => {
  const isMissing = !existsSync('/proc/kallsyms');

  it('is read to its end, as one that grows meanwhile', { skip: isMissing }, async () => {
    // Files of proc(5) have the size 0.
    const file = await readTrustedFile('/proc/self/limits', process.geteuid?.());
    assert.ok(file.kind === 'read' && file.text.includes('Max open files'));
  });

  it('is refused when it has no end', { skip: isMissing }, async () => {
    const file = await readTrustedFile('/proc/kallsyms', process.geteuid?.());
    assert.ok(file.kind === 'refused');
    assert.match(file.fault.problem, /it has more than 262144 bytes/);
  });
});
