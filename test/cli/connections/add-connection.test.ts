import assert from 'node:assert/strict';
import { MAX_CONNECTIONS_BYTES } from '../../../src/cli/connections/trusted-file.ts';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { createConnections } from '../../../src/cli/connections/connections.ts';
import type { Connections, NewConnection } from '../../../src/cli/connections/connection.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const NEW: NewConnection = {
  name: 'db',
  target: 'bastion "1" \\ é',
  profile: 'prod',
  region: 'eu-central-1',
  forward: ['5432:orders.internal:5432', '[fd00::5]:80'],
  onDemand: false,
  idle: '',
};

function connectionsOf(t: TestContext): Connections {
  return again(temporaryDirectory(t));
}

function again(home: string): Connections {
  return createConnections({
    ...{ env: { XDG_CONFIG_HOME: home }, platform: 'linux', directory: () => undefined },
    userId: process.geteuid?.(),
  });
}

function modeOf(path: string): number {
  return statSync(path).mode & 0o777;
}

describe('adding a connection', () => {
  it('makes the file for its user alone, with what is read from it again', async (t) => {
    const connections = connectionsOf(t);
    const { userFile } = connections;
    await connections.add(NEW);
    const found = await connections.find('db');
    assert.deepEqual({ ...found, ...NEW }, found);
    assert.deepEqual([modeOf(userFile), modeOf(dirname(userFile))], [0o600, 0o700]);
    assert.deepEqual(readdirSync(dirname(userFile)), ['connections.toml']);
  });

  it('keeps what is in the file, with comments, and its last line without a line break', async (t) => {
    const connections = connectionsOf(t);
    const { userFile } = connections;
    const before = '# mine\r\n[web] # first\ntarget = "i-0123456789abcdef0" # end';
    mkdirSync(dirname(userFile));
    writeFileSync(userFile, before);
    await connections.add({ ...NEW, target: 'a', profile: '', region: '', forward: ['80'] });
    await connections.add({
      ...NEW,
      name: 'b',
      target: 'b',
      forward: [],
      onDemand: true,
      idle: '10m',
    });
    assert.equal(
      readFileSync(userFile, 'utf8'),
      `${before}\n\n[db]\ntarget = "a"\nforward = ["80"]\n\n` +
        '[b]\ntarget = "b"\nprofile = "prod"\nregion = "eu-central-1"\non-demand = true\nidle = "10m"\n',
    );
  });

  it('keeps a link, and changes the file that it names', async (t) => {
    const connections = connectionsOf(t);
    const { userFile } = connections;
    const real = join(temporaryDirectory(t), 'dotfile.toml');
    writeFileSync(real, '# mine\n');
    mkdirSync(dirname(userFile));
    symlinkSync(real, userFile);
    await connections.add(NEW);
    assert.equal(readlinkSync(userFile), real);
    assert.match(readFileSync(real, 'utf8'), /^# mine\n\n\[db\]\n/);
  });

  it('keeps a link to a file that does not exist, and makes that file', async (t) => {
    const connections = connectionsOf(t);
    const { userFile } = connections;
    const directory = temporaryDirectory(t);
    mkdirSync(dirname(userFile));
    symlinkSync(join(directory, 'second'), userFile);
    symlinkSync('dotfile.toml', join(directory, 'second'));
    await connections.add(NEW);
    assert.equal(readlinkSync(userFile), join(directory, 'second'));
    assert.match(readFileSync(join(directory, 'dotfile.toml'), 'utf8'), /^\[db\]\n/);
  });

  for (const [what, text, code] of [
    ['would be too long', `#${'x'.repeat(MAX_CONNECTIONS_BYTES - 10)}\n`, 'connections-unwritable'],
    ['defines the name', '[db]\ntarget = "a"\n', 'connection-exists'],
    ['is not valid', '[web]\n', 'connections-invalid'],
  ] as const) {
    it(`changes nothing when the file ${what}`, async (t) => {
      const connections = connectionsOf(t);
      const { userFile } = connections;
      mkdirSync(dirname(userFile));
      writeFileSync(userFile, text);
      await assert.rejects(connections.add(NEW), { code });
      assert.equal(readFileSync(userFile, 'utf8'), text);
      assert.deepEqual(readdirSync(dirname(userFile)), ['connections.toml']);
    });
  }

  it('changes nothing when a value fits in no file', async (t) => {
    const connections = connectionsOf(t);
    await assert.rejects(connections.add({ ...NEW, region: 'no region' }), {
      code: 'connections-invalid',
    });
    assert.deepEqual(readdirSync(dirname(connections.userFile)), []);
  });

  it('waits for no other program that does the same', async (t) => {
    const connections = connectionsOf(t);
    const { userFile } = connections;
    mkdirSync(dirname(userFile));
    writeFileSync(`${userFile}.lock`, '');
    await assert.rejects(connections.add(NEW), { code: 'connections-locked' });
    assert.deepEqual(readdirSync(dirname(userFile)), ['connections.toml.lock']);
  });

  it('loses none of several that are added at once', async (t) => {
    const home = temporaryDirectory(t);
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const outcomes = await Promise.allSettled(
      names.map((name) => again(home).add({ ...NEW, name })),
    );
    const added = names.filter((_, i) => outcomes[i]?.status === 'fulfilled');
    assert.notEqual(added.length, 0);
    const [file] = await again(home).files();
    assert.deepEqual(file?.connections.map(({ name }) => name).sort(), added);
  });

  it('reports a directory that cannot be written', async (t) => {
    const home = temporaryDirectory(t);
    writeFileSync(join(home, 'session-manager-plugin'), '');
    await assert.rejects(again(home).add(NEW), { code: 'connections-unwritable' });
    if (process.geteuid?.() === 0) return;
    const locked = temporaryDirectory(t);
    chmodSync(locked, 0o500);
    await assert.rejects(again(locked).add(NEW), { code: 'connections-unwritable' });
  });
});
