import assert from 'node:assert/strict';
import { constants, generateKeyPairSync, publicEncrypt } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { LocalNode } from '../../../local-aws/local-aws.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { startAccount, WEB_1, type Account } from '../support/account.ts';
import { startNamed } from '../support/forwarding.ts';
import { makeRuntime, type RunDirectories } from '../support/run-directories.ts';
import { startCommand, startTerminalCommand } from '../support/run-command.ts';

const PASSWORD = 'x(9!kP;=mA)2?Qz';
const RSA = { modulusLength: 2048 } as const;
const PEM = { type: 'pkcs1', format: 'pem' } as const;
const { publicKey, privateKey } = generateKeyPairSync('rsa', RSA);

/** As EC2 encrypts it (EC2 User Guide, "Connect to your Windows instance"; EC2 API, GetPasswordData). */
const passwordData = publicEncrypt(
  { key: publicKey, padding: constants.RSA_PKCS1_PADDING },
  Buffer.from(PASSWORD),
).toString('base64');

/** What a client was started with. */
interface ClientRun {
  readonly args: readonly string[];
  readonly stdin: string;
  /** What the other end of the port has sent. */
  readonly heard: string;
  /** Of the file among its arguments. */
  readonly file: string;
}

interface Desk extends Account {
  readonly directory: string;
  readonly runs: RunDirectories;
  readonly env: Account['env'];
  readonly client: () => ClientRun;
  readonly port: string;
}

/** A client: it connects, records what it got, and ends with 7. */
const CLIENT = `
const { readFileSync, writeFileSync, existsSync, statSync } = require('node:fs');
const args = process.argv.slice(2);
const path = args.find((one) => existsSync(one));
const file = path === undefined ? '' : readFileSync(path, 'latin1');
const modes = path === undefined ? '' : (statSync(path).mode & 0o777).toString(8);
const [, host, port] = /(127[\\d.]+|::1)\\]?:+(\\d+)/.exec(args.join(' ') + file);
const stdin = args.some((one) => one.startsWith('/from-stdin')) ? readFileSync(0, 'latin1') : '';
let heard = '';
require('node:net').connect(Number(port), host)
  .on('data', (data) => { heard += data; })
  .on('end', () => {
    writeFileSync(process.env.CLIENT_RUN, JSON.stringify({ args, stdin, heard, file: modes + file }));
    process.exit(7);
  });
`;

/** A target with a desktop, and a machine with these clients. */
async function startDesk(
  t: TestContext,
  clients: readonly string[],
  node: Partial<Pick<LocalNode, 'id' | 'nameTag' | 'passwordData'>> = {},
): Promise<Desk> {
  const account = await startAccount(t, [{ ...WEB_1, passwordData, ...node }]);
  const desktop = await startNamed(t, 'desktop');
  const directory = temporaryDirectory(t);
  const bin = join(directory, 'bin');
  mkdirSync(bin);
  const runs = makeRuntime(directory);
  writeFileSync(join(directory, 'client.cjs'), CLIENT);
  for (const client of clients) {
    const script = `#!/bin/sh\nexec '${process.execPath}' '${join(directory, 'client.cjs')}' "$@"\n`;
    writeFileSync(join(bin, client), script, { mode: 0o755 });
  }
  writeFileSync(join(directory, 'key.pem'), privateKey.export(PEM), { mode: 0o600 });
  const record = join(directory, 'run.json');
  return {
    ...account,
    ...{ directory, runs },
    env: { ...account.env, PATH: bin, ...runs.env, CLIENT_RUN: record },
    client: () => JSON.parse(readFileSync(record, 'utf8')) as ClientRun,
    port: String(desktop.port),
  };
}

/** Runs the program to its end, and sees that nothing is left. */
async function run(
  t: TestContext,
  desk: Desk,
  args: readonly string[],
): Promise<{ readonly status: number | null; readonly stdout: string; readonly stderr: string }> {
  const program = startCommand(t, desk, args);
  program.stdin.end(privateKey.export(PEM));
  const { status } = await program.end();
  for (const session of desk.aws.sessions) await session.closed;
  assert.deepEqual(desk.runs.left('rdp'), []);
  return { status, stdout: program.stdout.text, stderr: program.stderr.text };
}

describe('rdp', { timeout: 120_000 }, () => {
  for (const [from, key] of [
    ['a file', undefined],
    ['stdin', '-'],
  ] as const) {
    it(`decrypts the password with a key from ${from}, and gives it to xfreerdp by its stdin`, async (t) => {
      const desk = await startDesk(t, ['xfreerdp', 'remmina']);
      const path = key ?? join(desk.directory, 'key.pem');
      const ran = await run(t, desk, ['rdp', WEB_1.id, '--port', desk.port, '--key', path]);
      assert.deepEqual(ran, { status: 7, stdout: '', stderr: '' });
      const { args, stdin, heard } = desk.client();
      assert.match(args[0] ?? '', /^\/v:127\.0\.0\.1:\d+$/);
      assert.deepEqual(args.slice(1), [
        ...['/u:Administrator', '/dynamic-resolution', '+clipboard'],
        ...['/cert:ignore', '/from-stdin:force'],
      ]);
      assert.equal(stdin, `${PASSWORD}\n`);
      assert.equal(heard, 'desktop');
    });
  }

  it('lets the client ask for what it needs without a key, and passes arguments on', async (t) => {
    const desk = await startDesk(t, ['xfreerdp']);
    const options = ['--user', 'CORP\\anna', '--port', desk.port];
    const ran = await run(t, desk, ['rdp', WEB_1.id, ...options, '--', '/f', '--x']);
    assert.deepEqual(ran, { status: 7, stdout: '', stderr: '' });
    assert.deepEqual(desk.client().args.slice(1), [
      ...['/u:CORP\\anna', '/dynamic-resolution', '+clipboard', '/f', '--x'],
    ]);
  });

  it('opens a file that only the user may read in other clients, and removes it', async (t) => {
    const desk = await startDesk(t, ['remmina']);
    const ran = await run(t, desk, ['rdp', WEB_1.id, '--port', desk.port]);
    assert.deepEqual(ran, { status: 7, stdout: '', stderr: '' });
    const { args, file } = desk.client();
    assert.equal(args[0], '-c');
    assert.match(args[1] ?? '', /\/i-00000000000000001\.rdp$/);
    assert.equal(existsSync(args[1] ?? ''), false);
    const lines = ['600full address:s:127.0.0.1:PORT', 'username:s:Administrator'];
    const expected = [...lines, 'prompt for credentials:i:1', ''].join('\r\n');
    assert.equal(file.replace(/:\d+\r/, ':PORT\r'), expected);
  });

  for (const [address, expected] of [
    ['0.0.0.0', /^\/v:127\.0\.0\.1:\d+$/],
    ['127.0.0.2', /^\/v:127\.0\.0\.2:\d+$/],
    ['::1', /^\/v:\[::1\]:\d+$/],
  ] as const) {
    it(`connects where the port listens: ${address}`, async (t) => {
      const desk = await startDesk(t, ['xfreerdp']);
      const env = { ...desk.env, SSM_PLUGIN_LOCAL_HOST: address };
      const ran = await run(t, { ...desk, env }, ['rdp', WEB_1.id, '--port', desk.port]);
      assert.equal(ran.status, 7, ran.stderr);
      assert.match(desk.client().args[0] ?? '', expected);
    });
  }

  it('opens a file also for a target with the longest name', async (t) => {
    const nameTag = 'n'.repeat(256);
    const desk = await startDesk(t, ['remmina'], { nameTag });
    const ran = await run(t, desk, ['rdp', nameTag, '--port', desk.port]);
    assert.deepEqual(ran, { status: 7, stdout: '', stderr: '' });
  });

  it('shows the password once for a client that does not read it, and only in a terminal', async (t) => {
    const desk = await startDesk(t, ['remmina']);
    const args = ['rdp', WEB_1.id, '--port', desk.port, '--key', join(desk.directory, 'key.pem')];
    const ran = await run(t, desk, args);
    assert.deepEqual(ran, {
      status: 7,
      stdout: '',
      stderr: 'The password is not shown, because stdout is not a terminal.\n',
    });
    const env = { ...desk.env, PATH: `${desk.env['PATH'] ?? ''}:${process.env['PATH'] ?? ''}` };
    const wanted = [...args, '--client', 'remmina'];
    const program = await startTerminalCommand(t, { ...desk, env }, wanted);
    await program.screen.until('the password', (text) =>
      text.includes(`Password of Administrator: ${PASSWORD}`),
    );
    assert.equal((await program.end()).status, 7);
    assert.ok(!JSON.stringify(desk.client()).includes(PASSWORD));
  });

  for (const [what, node, key, expected] of [
    ['a key of another pair', {}, generateKeyPairSync('rsa', RSA), /was not encrypted for the key/],
    ['a key that is none for RSA', {}, generateKeyPairSync('ed25519'), /is not an RSA private key/],
    ['an instance without a password', { passwordData: '' }, undefined, /EC2 has no password for/],
    [
      'a machine that is no instance',
      { id: 'mi-00000000000000009' },
      undefined,
      /mi-0+9 is not an EC2 instance/,
    ],
  ] as const) {
    it(`reports ${what}, and starts nothing`, async (t) => {
      const desk = await startDesk(t, ['xfreerdp'], node);
      const path = join(desk.directory, 'key.pem');
      if (key !== undefined)
        writeFileSync(path, key.privateKey.export({ type: 'pkcs8', format: 'pem' }));
      const { status, stderr } = await run(t, desk, [
        ...['rdp', 'id' in node ? node.id : WEB_1.id, '--key', path],
      ]);
      assert.equal(status, 255);
      assert.match(stderr, expected);
      assert.equal(desk.aws.sessions.length, 0);
    });
  }

  it('reports a key that is protected, is not there, is too long, or has no end', async (t) => {
    const desk = await startDesk(t, ['xfreerdp']);
    const path = join(desk.directory, 'other.pem');
    const failing = async (): Promise<string> =>
      (await run(t, desk, ['rdp', WEB_1.id, '--key', path])).stderr;
    assert.match(await failing(), /The key .*other\.pem cannot be read: no such file/);
    const encrypted = { cipher: 'aes-256-cbc', passphrase: 'secret' } as const;
    writeFileSync(path, privateKey.export({ ...PEM, ...encrypted }));
    assert.match(await failing(), /is protected by a passphrase/);
    writeFileSync(path, 'x'.repeat(1024 * 1024));
    assert.match(await failing(), /is not an RSA private key in PEM/);
    rmSync(path);
    symlinkSync('/dev/zero', path);
    assert.match(await failing(), /is not an RSA private key in PEM/);
  });

  it('reports why there is no session, without the name of a port that was not typed', async (t) => {
    const desk = await startDesk(t, ['xfreerdp']);
    const failure = { status: 400, type: 'AccessDeniedException', message: 'no' };
    desk.aws.refuse('StartSession', failure);
    const { status, stderr } = await run(t, desk, ['rdp', WEB_1.id]);
    assert.equal(status, 255);
    assert.match(stderr, /^session-manager-plugin: Cannot start a session on /);
  });

  it('reports that no client is there, or the wanted one is not', async (t) => {
    const desk = await startDesk(t, []);
    const { status, stderr } = await run(t, desk, ['rdp', WEB_1.id]);
    assert.equal(status, 255);
    assert.match(
      stderr,
      /: No RDP client is on PATH .*`session-manager-plugin forward TARGET 3389`/s,
    );
    const other = await run(t, desk, ['rdp', WEB_1.id, '--client', 'rdesktop']);
    assert.match(other.stderr, /: "rdesktop" is not a client that this command can start\. /);
  });

  it('ends with 255 where the caller may not read the password, and names the permission', async (t) => {
    const desk = await startDesk(t, ['xfreerdp']);
    const { status, stderr } = await run(t, desk, [
      ...['rdp', 'i-0fffffffffffffff0', '--key', join(desk.directory, 'key.pem')],
    ]);
    assert.equal(status, 255);
    assert.match(stderr, /encrypted password of the instance i-0fffffffffffffff0/);
  });
});

describe('vnc', { timeout: 120_000 }, () => {
  it('runs a viewer on the forwarded port, and ends with it', async (t) => {
    const desk = await startDesk(t, ['vncviewer', 'remmina']);
    const ran = await run(t, desk, ['vnc', WEB_1.id, '--port', desk.port, '--', '-FullScreen']);
    assert.deepEqual(ran, { status: 7, stdout: '', stderr: '' });
    const { args, heard } = desk.client();
    assert.match(args.join(' '), /^127\.0\.0\.1::\d+ -FullScreen$/);
    assert.equal(heard, 'desktop');
  });

  it('runs the client that is wanted', async (t) => {
    const desk = await startDesk(t, ['vncviewer', 'remmina']);
    const ran = await run(t, desk, [
      ...['vnc', WEB_1.id, '--port', desk.port, '--client', 'remmina', '--local-port', '0'],
    ]);
    assert.equal(ran.status, 7);
    assert.match(desk.client().args.join(' '), /^-c vnc:\/\/127\.0\.0\.1:\d+$/);
  });

  it('takes one target, and arguments of the client only after --', async (t) => {
    const desk = await startDesk(t, ['vncviewer']);
    const { status, stderr } = await run(t, desk, ['vnc', WEB_1.id, '-FullScreen']);
    assert.notEqual(status, 0);
    assert.match(stderr, /Put -- before the arguments of the client/);
    const other = await run(t, desk, ['vnc', WEB_1.id, 'more']);
    assert.match(other.stderr, /There is more than one target/);
  });
});
