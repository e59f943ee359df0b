import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { outcomeOf, startCommand } from '../support/run-command.ts';
import {
  OTHER,
  USER_FILE,
  PROD_KEY,
  startUser,
  scopesOf,
  DB,
  DB_OF_PROD,
} from './support/connections-user.ts';

describe('connections', () => {
  const FILES = {
    [USER_FILE]: `${DB_OF_PROD}forward = ["5432:orders.internal:5432", "6379"]\n[web]\ntarget = "web"\n`,
    '.ssm.toml': '[db]\ntarget = "near"\n',
  };

  it('lists what applies', async (t) => {
    const user = await startUser(t, { [USER_FILE]: FILES[USER_FILE] });
    const file = join(user.home, USER_FILE);
    const { status, stdout, stderr } = await user.run('connections');
    assert.deepEqual([status, stderr], [0, '']);
    const ports = '5432:orders.internal:5432 6379';
    assert.equal(
      stdout,
      `db\tbastion\t${ports}\tprod\teu-central-1\t${file}\nweb\tweb\t\t\t\t${file}\n`,
    );
    user.write('.ssm.toml', FILES['.ssm.toml']);
    const { stdout: json } = await user.run('connections', '--json');
    assert.deepEqual(JSON.parse(json), [
      {
        ...{ name: 'db', target: 'near', profile: '', region: '', forward: [], onDemand: false },
        ...{ file: join(user.home, '.ssm.toml'), line: 1, idle: '' },
      },
      {
        ...{ name: 'web', target: 'web', profile: '', region: '', forward: [], onDemand: false },
        ...{ file, line: 6, idle: '' },
      },
    ]);
    assert.deepEqual(user.account.aws.apiCalls, []);
  });

  it('--check reports what hides a Name tag, and what is hidden', async (t) => {
    const user = await startUser(t, FILES);
    const file = join(user.home, USER_FILE);
    const near = join(user.home, '.ssm.toml');
    const { status, stdout, stderr } = await user.run('connections', '--check');
    assert.deepEqual([status, stderr], [0, '']);
    assert.equal(
      stdout,
      `db\thides the Name tag of ${OTHER.id}\t${near}\n` +
        `db\tnot used: ${near} has the same name\t${file}\n` +
        `web\tok\t${file}\n`,
    );
  });

  it('--check asks in the account of each connection, and continues where it is not known', async (t) => {
    const user = await startUser(t, {
      [USER_FILE]: `${DB_OF_PROD}[web]\ntarget = "web"\nprofile = "missing"\n`,
    });
    const { status, stdout, stderr } = await user.run('connections', '--check');
    assert.equal(status, 0);
    assert.match(stdout, new RegExp(`^db\\thides the Name tag of ${OTHER.id}\\t.*\\nweb\\tok\\t`));
    assert.match(stderr, /^The names were not compared with Name tags\. .*missing/);
    assert.deepEqual(scopesOf(user.account), [`${PROD_KEY} eu-central-1`]);
  });

  it('--check reports each fault of each file', async (t) => {
    const user = await startUser(t, {
      [USER_FILE]: '[db]\ntarget = 1\nport = 2\n',
      '.ssm.toml': `${DB}forward = ["x"]\n[web]\ntarget = "web"\n`,
    });
    const { status, stdout, stderr } = await user.run('connections', '--check');
    assert.equal(status, 255);
    assert.equal(stdout, `web\tok\t${join(user.home, '.ssm.toml')}\n`);
    assert.match(
      stderr,
      /connections\.toml, line 2: .*\n.*connections\.toml, line 3: .*\n.*\.ssm\.toml, line 3: /,
    );
  });

  it('--check shows nothing of a file that can control a terminal or hide in a line', async (t) => {
    const user = await startUser(t, {});
    const directory = join(user.home, 'work', '\u202ework\u200b');
    mkdirSync(directory);
    user.write(
      join('work', '\u202ework\u200b', '.ssm.toml'),
      '[web]\ntarget = "\u200bweb"\nprofile = "\u200bmissing"\n' +
        '[db]\ntarget = "web"\nforward = ["\u200b80:80:80:80"]\n' +
        '["\\u001b[2Jname"]\ntarget = "\\u0007"\n"\\u009bkey" = "\u202e"\n',
    );
    const env = { HOME: user.home, AWS_DEFAULT_REGION: 'us-east-1' };
    const command = startCommand(t, user.account, ['connections', '--check'], { env, directory });
    const { status, stdout, stderr } = await outcomeOf(command);
    assert.equal(status, 255);
    assert.match(stdout, /^web\tok\t\S+[\\/]work[\\/] ?work ?[\\/]\.ssm\.toml\n$/);
    for (const shown of ['"[2Jname" cannot name', '"key" of', '80:80:80:80', 'missing']) {
      assert.ok(stderr.includes(shown), stderr);
    }
    assert.doesNotMatch(`${stdout}${stderr}`.replace(/[\n\t]/g, ''), /\p{C}/u);
  });

  it('add writes what the command line contains', async (t) => {
    const user = await startUser(t, { [USER_FILE]: '# mine\n' });
    const file = join(user.home, USER_FILE);
    const { status, stdout, stderr } = await user.run(
      ...['connections', 'add', 'db', 'bastion', '5432:orders.internal:5432', '6379'],
      ...['--profile', 'prod', '--region', 'eu-central-1', '--on-demand', '--idle', '10m'],
    );
    assert.deepEqual([status, stdout, stderr], [0, '', `Added db to ${file}.\n`]);
    assert.equal(
      readFileSync(file, 'utf8'),
      `# mine\n\n${DB_OF_PROD}forward = ["5432:orders.internal:5432", "6379"]\non-demand = true\nidle = "10m"\n`,
    );
    assert.deepEqual(user.account.aws.apiCalls, []);
    const again = await user.run('connections', 'add', 'db', 'bastion');
    assert.equal(again.status, 255);
    assert.match(again.stderr, /The connection "db" exists already: .*, line 3\./);
  });

  it('add reports a file that hides what it adds', async (t) => {
    const user = await startUser(t, { '.ssm.toml': DB });
    const { stderr } = await user.run('connections', 'add', 'db', 'bastion');
    const near = join(user.home, '.ssm.toml');
    assert.ok(stderr.endsWith(`Here, ${near} defines db, too, and that one applies.\n`), stderr);
  });

  for (const [what, args, message] of [
    ['a name that looks like an id', ['i-0123456789abcdef0', 'x'], /cannot name a connection/],
    ['no target', ['db'], /The argument "target" is missing/],
    ['no name', [], /The argument "name" is missing/],
    ['a port that is none', ['db', 'x', 'y'], /"y" is not a port\./],
    ['a local port twice', ['db', 'x', '80', '80:81'], /The local port 80 is used twice/],
    ['--check', ['db', 'x', '--check'], /--check cannot be combined with add/],
    ['an empty target', ['db', ''], /The name of the target is empty/],
  ] as const) {
    it(`add refuses ${what}`, async (t) => {
      const user = await startUser(t, {});
      const { status, stderr } = await user.run('connections', 'add', ...args);
      assert.equal(status, 255);
      assert.match(stderr, message);
      assert.throws(() => readFileSync(join(user.home, USER_FILE)), { code: 'ENOENT' });
    });
  }

  it('are offered when a target is completed, also without AWS', async (t) => {
    const user = await startUser(t, { [USER_FILE]: DB });
    const { stdout } = await user.run('__complete', '--', 'shell');
    assert.match(stdout, /^db\tbastion\ni-0+1\t/);
    const { stdout: alone } = await user.run('__complete', '--', 'exec', '--profile', 'missing');
    assert.equal(alone, 'db\tbastion\n');
    const { stdout: places } = await user.run('__complete', '--', 'cp', 'file');
    assert.match(places, /^db:\tbastion\ni-0+1:\t/);
  });
});
