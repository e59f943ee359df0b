import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import type { CompletedRun, PipedProgram } from '../../support/piped-program.ts';
import { startAccount, WEB_1, WEB_2, type Account } from '../support/account.ts';
import { nameAt, startNamed } from '../support/forwarding.ts';
import { outcomeOf, startCommand } from '../support/run-command.ts';

const BASTION = { ...WEB_1, nameTag: 'bastion' };
const OTHER = { ...WEB_2, nameTag: 'db' };
const USER_FILE = '.config/session-manager-plugin/connections.toml';
/** Keys of the profile `prod`. */
const PROD_KEY = 'AKIAPRODEXAMPLE00000';

/** A user with a working directory, and an account with a bastion and a node with the Name tag `db`. */
interface User {
  readonly account: Account;
  readonly home: string;
  start(...args: readonly string[]): PipedProgram;
  run(...args: readonly string[]): Promise<CompletedRun>;
  /** Writes a file of the home directory. */
  write(path: string, text: string): void;
}

async function startUser(t: TestContext, files: Readonly<Record<string, string>>): Promise<User> {
  const account = await startAccount(t, [BASTION, OTHER]);
  const home = temporaryDirectory(t);
  for (const made of ['.config/session-manager-plugin', '.aws', 'work']) {
    mkdirSync(join(home, made), { recursive: true });
  }
  const write = (path: string, text: string): void => {
    writeFileSync(join(home, path), text);
    chmodSync(join(home, path), 0o600);
  };
  const keys = `aws_access_key_id = ${PROD_KEY}\naws_secret_access_key = x\nregion = eu-west-3\n`;
  write('.aws/config', `[profile prod]\n${keys}`);
  for (const [path, text] of Object.entries(files)) write(path, text);
  const start = (...args: readonly string[]): PipedProgram =>
    startCommand(t, account, args, {
      env: { HOME: home, AWS_REGION: undefined, AWS_DEFAULT_REGION: 'us-east-1' },
      directory: join(home, 'work'),
    });
  return { account, home, write, start, run: (...args) => outcomeOf(start(...args)) };
}

/** Key and region of the calls, each once. */
function scopesOf({ aws }: Account): readonly string[] {
  const scopes = aws.apiCalls.map(
    ({ authorization }) => /Credential=([^/]+\/\d+\/[^/]+)\//.exec(authorization)?.[1] ?? '',
  );
  return [...new Set(scopes.map((scope) => scope.replace(/\/\d+\//, ' ')))];
}

const DB = `[db]\ntarget = "bastion"\n`;
const DB_OF_PROD = `${DB}profile = "prod"\nregion = "eu-central-1"\n`;

describe('a connection as target', () => {
  it('comes before a Name tag, in each command', async (t) => {
    const user = await startUser(t, { [USER_FILE]: DB });
    const { aws } = user.account;
    for (const args of [
      ['shell', 'db'],
      ['exec', 'db', '--', 'true'],
      ['start-session', '--target', 'db'],
    ]) {
      const { status, stderr } = await user.run(...args);
      assert.equal(status, 0, stderr);
      assert.equal(aws.sessions.at(-1)?.request.Target, BASTION.id, args.join(' '));
    }
    writeFileSync(join(user.home, USER_FILE), '');
    await user.run('exec', 'db', '--', 'true');
    assert.equal(aws.sessions.at(-1)?.request.Target, OTHER.id);
  });

  it('brings its account, and options of the command line have precedence', async (t) => {
    const user = await startUser(t, { [USER_FILE]: DB_OF_PROD });
    const { status, stderr } = await user.run('exec', 'db', '--', 'true');
    assert.equal(status, 0, stderr);
    assert.deepEqual(scopesOf(user.account), [`${PROD_KEY} eu-central-1`]);

    const other = await startUser(t, { [USER_FILE]: DB_OF_PROD });
    await other.run('exec', 'db', '--region', 'ap-south-1', '--', 'true');
    assert.deepEqual(scopesOf(other.account), [`${PROD_KEY} ap-south-1`]);
  });

  it('of the working directory wins, and is reported where it cannot be used', async (t) => {
    const user = await startUser(t, {
      [USER_FILE]: DB,
      '.ssm.toml': `[db]\ntarget = "${OTHER.id}"\n`,
    });
    await user.run('shell', 'db');
    assert.equal(user.account.aws.sessions.at(-1)?.request.Target, OTHER.id);
    const path = join(user.home, 'work', '.ssm.toml');
    // The file may have come with a repository: the user learns where the session leads.
    const notice = `The connection db comes from ${join(user.home, '.ssm.toml')}: target ${OTHER.id}. It hides your own connection of this name.\n`;
    assert.equal((await user.run('exec', 'db', '--', 'true')).stderr, notice);
    assert.equal((await user.run('exec', 'db', '--quiet', '--', 'true')).stderr, '');
    writeFileSync(path, '[db]\ntarget = bastion\n');
    const { status, stderr } = await user.run('shell', 'db');
    assert.equal(status, 255);
    assert.ok(stderr.startsWith(`session-manager-plugin: ${path}, line 2: `), stderr);
    // An id is never a connection.
    assert.equal((await user.run('shell', BASTION.id)).status, 0);
    assert.equal(user.account.aws.sessions.length, 4);
  });

  it('forwards its ports, or those of the command line', async (t) => {
    const service = await startNamed(t, 'first');
    const second = await startNamed(t, 'second');
    const user = await startUser(t, {
      [USER_FILE]: `${DB}forward = ["0:${service.port}", "0:localhost:${service.port}"]\n`,
    });
    const listening = /^127\.0\.0\.1:(\d+) forwards to (?:port \d+ of \S+|localhost:\d+)$/gm;
    const program = user.start('forward', 'db');
    await program.stderr.until('both ports', (text) => text.match(listening)?.length === 2);
    for (const [, port] of program.stderr.text.matchAll(listening)) {
      assert.equal(await nameAt(t, Number(port)), 'first');
    }
    program.kill('SIGINT');
    await program.end();
    const typed = user.start('forward', 'db', `0:${second.port}`);
    await typed.stderr.until('the port', (text) => text.match(listening)?.length === 1);
    const [, port] = [...typed.stderr.text.matchAll(listening)][0] ?? [];
    assert.equal(await nameAt(t, Number(port)), 'second');
    typed.kill('SIGINT');
    await typed.end();
  });

  it('on demand starts no session before a program connects', async (t) => {
    const service = await startNamed(t, 'first');
    const user = await startUser(t, {
      [USER_FILE]: `${DB}forward = ["0:${service.port}"]\non-demand = true\n`,
    });
    const program = user.start('forward', 'db');
    const listening = /127\.0\.0\.1:(\d+) /;
    await program.stderr.until('the port', (text) => listening.test(text));
    assert.deepEqual(user.account.aws.sessions, []);
    const [, port] = listening.exec(program.stderr.text) ?? [];
    assert.equal(await nameAt(t, Number(port)), 'first');
    assert.equal(user.account.aws.sessions.length, 1);
    program.kill('SIGINT');
    await program.end();
  });

  it('ends its session when it is idle for the time of the connection', async (t) => {
    const service = await startNamed(t, 'first');
    const user = await startUser(t, {
      [USER_FILE]: `${DB}forward = ["0:${service.port}"]\nidle = "1s"\n`,
    });
    const program = user.start('forward', 'db');
    await program.stderr.until('the port', (text) => text.includes('forwards to'));
    await user.account.aws.sessions[0]?.closed;
    await program.stderr.until('its end', (text) => text.includes('next connection starts'));
    program.kill('SIGINT');
    await program.end();
  });

  it('is proposed for a name that is almost its own', async (t) => {
    const user = await startUser(t, { [USER_FILE]: '[orders]\ntarget = "bastion"\n' });
    const { status, stderr } = await user.run('shell', 'odrers');
    assert.equal(status, 255);
    assert.match(stderr, /Did you mean orders\?/);
  });

  it('with a port that is none is reported by its line', async (t) => {
    const user = await startUser(t, { [USER_FILE]: `${DB}forward = [\n"80",\n"0:0:0"]\n` });
    const { status, stderr } = await user.run('forward', 'db');
    assert.equal(status, 255);
    assert.ok(
      stderr.includes(
        'connections.toml, line 3: "forward" of "db" contains "0:0:0", which is no port',
      ),
      stderr,
    );
  });

  it('of cp is a place of it', async (t) => {
    const user = await startUser(t, { [USER_FILE]: DB_OF_PROD });
    user.write('work/note', 'hello');
    const { status, stderr } = await user.run('cp', 'note', 'db:note.copy');
    assert.equal(status, 0, stderr);
    assert.equal(user.account.aws.sessions[0]?.request.Target, BASTION.id);
    assert.deepEqual(scopesOf(user.account), [`${PROD_KEY} eu-central-1`]);
  });

  it('cannot be combined with a target of another account', async (t) => {
    const user = await startUser(t, { [USER_FILE]: `${DB_OF_PROD}[web]\ntarget = "bastion"\n` });
    for (const places of [
      ['db:a', 'web:b', '.'],
      [`${OTHER.id}:a`, 'db:b', '.'],
    ]) {
      const { status, stderr } = await user.run('cp', ...places);
      assert.equal(status, 255);
      assert.match(stderr, /is in another account or region than the command already uses/);
    }
    assert.deepEqual(user.account.aws.sessions, []);
  });

  it('is what doctor checks, with its account', async (t) => {
    const user = await startUser(t, { [USER_FILE]: DB_OF_PROD });
    const { stdout } = await user.run('doctor', 'db');
    assert.match(stdout, /region +eu-central-1/);
    assert.match(stdout, new RegExp(`target +.*${BASTION.id}`));
  });
});

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
