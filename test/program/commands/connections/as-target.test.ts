import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { nameAt, startNamed } from '../support/forwarding.ts';
import {
  BASTION,
  OTHER,
  USER_FILE,
  PROD_KEY,
  startUser,
  scopesOf,
  DB,
  DB_OF_PROD,
} from './support/connections-user.ts';

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
