import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it, type TestContext } from 'node:test';
import { INSTALL_DIRECTORY } from '../../../build/install-directory.ts';
import { buildWithLibraries } from '../../../build/own-libraries/build-with-libraries.ts';
import { debianNode } from '../../../build/own-libraries/debian-node/debian-node.ts';
import { LIBRARIES_FOR_X86 } from '../../../build/own-libraries/debian-node/debian-suite.ts';
import type { DebianManifest } from '../../../build/own-libraries/manifest.ts';
import { packageSource } from '../../../build/debian/package-source.ts';
import { readRecord } from '../../../build/debian/packages-record.ts';
import { programTools } from '../../../build/program-tools.ts';
import { LINUX_X86 } from '../../../build/targets.ts';
import { runTool } from '../../../build/tool.ts';
import { startLocalAws } from '../../local-aws/local-aws.ts';
import { createAuthority } from '../../network/certificate-authority.ts';
import {
  runCommandPiped,
  startCommandPiped,
  type CompletedRun,
} from '../../program/support/piped-program.ts';
import { PROMPT, sixArguments, startSession, TARGET } from '../../program/support/target.ts';
import { startCommandInTerminal } from '../../program/support/terminal-program.ts';
import { INSTALLED, VERSION } from '../../support/product.ts';
import { requireAvailable, requireTools } from '../../support/require-tools.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { READELF, STRACE } from '../../support/tools.ts';
import { createI386Root, requireI386, type I386Root } from './support/i386-root.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const DIST = join(ROOT, 'dist');
const OPTIONS = {
  libraries: LIBRARIES_FOR_X86,
  source: packageSource('development', ''),
  sourceDateEpoch: 1_790_000_000,
};
const BYTES_PER_MB = 1_000_000;
const LARGEST_MB = 112;

const PROGRAM = `${INSTALL_DIRECTORY}/bin/session-manager-plugin`;
const LIB = `${INSTALL_DIRECTORY}/lib`;
const NODE = [`${LIB}/ld-linux.so.2`, '--library-path', LIB, `${LIB}/node`] as const;
const PRINTS_INSTALLED = { status: 0, stdout: INSTALLED, stderr: '' };

/** Paths below a directory with what a package records of them: mode, time, contents. */
function listing(directory: string): readonly string[] {
  const paths = readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort();
  return ['.', ...paths].map((path) => {
    const stats = statSync(join(directory, path));
    const { mode, mtimeMs } = stats;
    const contents = stats.isFile()
      ? createHash('sha256')
          .update(readFileSync(join(directory, path)))
          .digest('hex')
      : 'directory';
    return `${path} ${mode.toString(8)} ${mtimeMs} ${contents}`;
  });
}

function sizeOf(directory: string): number {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((path) => statSync(join(directory, path)))
    .reduce((sum, stats) => sum + (stats.isFile() ? stats.size : 0), 0);
}

/** Makes the program of the bundle. */
function build(output: string, source = OPTIONS.source): Promise<DebianManifest> {
  return buildWithLibraries({ ...OPTIONS, program: debianNode(DIST), output, source });
}

/** What the tests of the program share: it is built once. */
interface Installed {
  readonly root: I386Root;
  readonly manifest: DebianManifest;
}

describe('the program for Linux x86', () => {
  const work = mkdtempSync(join(tmpdir(), 'linux-x86-test-'));
  const tree = join(work, 'tree');
  let made: Promise<Installed> | undefined;
  after(async () => {
    (await made?.catch(() => undefined))?.root.remove();
    rmSync(work, { recursive: true, force: true });
  });

  const make = async (): Promise<Installed> => {
    const manifest = await build(tree);
    return { manifest, root: await createI386Root(tree) };
  };
  /** The root and what was built, or undefined when the test is skipped. */
  async function installed(t: TestContext): Promise<Installed | undefined> {
    if (!requireTools(t, ...programTools(LINUX_X86)) || !requireI386(t)) return undefined;
    return requireAvailable(t, () => (made ??= make()));
  }

  it('prints that it is installed, and its version', async (t) => {
    const { enter = [] } = (await installed(t))?.root ?? {};
    if (enter.length === 0) return;
    assert.deepEqual(await runCommandPiped(t, [...enter, PROGRAM]), PRINTS_INSTALLED);
    const version = await runCommandPiped(t, [...enter, PROGRAM, '--version']);
    assert.deepEqual(version, { status: 0, stdout: `${VERSION}\n`, stderr: '' });
  });

  it('opens a shell in a terminal, in a root with nothing else, and gives its status back', async (t) => {
    const { enter = [] } = (await installed(t))?.root ?? {};
    if (enter.length === 0) return;
    const { args } = await startSession(t);
    const program = await startCommandInTerminal(t, [...enter, PROGRAM, ...args]);
    const { screen } = program;
    await screen.until('the prompt', (text) => text.endsWith(PROMPT));
    program.type('echo $((6 * 7)) ä€😀\r');
    await screen.until('the answer', (text) => /\n42 ä€😀\r+\n/.test(text));
    // Typed at a terminal in raw mode, it is echoed by the remote shell alone.
    assert.equal(screen.text.split('echo').length, 2, screen.text);
    program.type('exit 3\r');
    assert.equal((await program.end()).status, 0);
  });

  it('is the very process that was started, and ends by the signal it is sent', async (t) => {
    const { enter = [] } = (await installed(t))?.root ?? {};
    if (enter.length === 0) return;
    const { args, session } = await startSession(t);
    const program = startCommandPiped(t, [...enter, PROGRAM, ...args]);
    await program.stdout.until('the prompt', (text) => text.endsWith(PROMPT));
    program.kill('SIGTERM');
    const { status, signal } = await program.end();
    assert.ok(status === 143 || signal === 'SIGTERM', `status ${status ?? ''} ${signal ?? ''}`);
    assert.notEqual(session.end, undefined);
  });

  it('takes nothing from the variables of Node.js, OpenSSL and the loader', async (t) => {
    const { enter = [] } = (await installed(t))?.root ?? {};
    if (enter.length === 0) return;
    const harmful = {
      NODE_OPTIONS: '--inspect --require /nonexistent.js',
      NODE_DEBUG: 'module,net,tls',
      NODE_DEBUG_NATIVE: 'crypto',
      NODE_EXTRA_CA_CERTS: '/nonexistent.pem',
      NODE_ICU_DATA: '/nonexistent',
      NODE_PATH: '/nonexistent',
      NODE_PENDING_DEPRECATION: '1',
      NODE_TLS_REJECT_UNAUTHORIZED: '0',
      NODE_V8_COVERAGE: '/tmp/coverage',
      NODE_COMPILE_CACHE: '/tmp/compiled',
      OPENSSL_CONF: '/nonexistent.cnf',
      LD_LIBRARY_PATH: '/nonexistent',
      LD_PRELOAD: '/nonexistent.so',
    };
    const variables = Object.entries(harmful).map(([name, value]) => `${name}=${value}`);
    const setting = ['/bin/busybox', 'env', ...variables];
    assert.deepEqual(await runCommandPiped(t, [...enter, ...setting, PROGRAM]), PRINTS_INSTALLED);
    assert.deepEqual(await runCommandPiped(t, [...enter, '/bin/busybox', 'ls', '/tmp']), {
      status: 0,
      stdout: '',
      stderr: '',
    });
  });

  it('trusts the certificates that NODE_EXTRA_CA_CERTS names', async (t) => {
    const { root: { enter, directory } = { enter: [], directory: '' } } =
      (await installed(t)) ?? {};
    if (enter.length === 0) return;
    const authority = createAuthority(temporaryDirectory(t), 'Own authority');
    copyFileSync(authority.file, join(directory, 'etc/own.pem'));
    const aws = await startLocalAws({
      tls: authority.issue(['DNS:localhost']),
      hostName: 'localhost',
    });
    t.after(() => aws.close());
    const request = { Target: TARGET };
    const open = async (extraCertificates: string | undefined): Promise<CompletedRun> => {
      const response = await aws.startSession(request, {});
      const command = [...enter, PROGRAM, ...sixArguments(aws, response, request)];
      const env = { NODE_EXTRA_CA_CERTS: extraCertificates };
      const program = startCommandPiped(t, command, { env });
      program.stdin.end('exit 0\n');
      const { status } = await program.end();
      return { status, stdout: program.stdout.text, stderr: program.stderr.text };
    };
    const trusting = await open('/etc/own.pem');
    assert.equal(trusting.status, 0, trusting.stdout + trusting.stderr);
    const refusing = await open(undefined);
    assert.notEqual(refusing.status, 0);
    assert.match(refusing.stdout + refusing.stderr, /certificate/);
  });

  it('trusts the roots that Node.js brings, whatever the system has', async (t) => {
    const { enter = [] } = (await installed(t))?.root ?? {};
    if (enter.length === 0) return;
    const script = `const { getCACertificates: get, rootCertificates } = require('node:tls');
      const trusted = new Set(get('default'));
      console.log(rootCertificates.length > 100, rootCertificates.every((each) => trusted.has(each)));`;
    const { stdout, stderr } = await runCommandPiped(t, [...enter, ...NODE, '-e', script]);
    assert.deepEqual({ stdout, stderr }, { stdout: 'true true\n', stderr: '' });
  });

  it('knows of texts and times what the program asks for', async (t) => {
    const { enter = [] } = (await installed(t))?.root ?? {};
    if (enter.length === 0) return;
    const script = `console.log(JSON.stringify([
      new URL('http://Bücher.example/').hostname,
      new TextDecoder('utf-8').decode(new Uint8Array([0xc3, 0xa4, 0xff])),
      new TextDecoder('utf-16le').decode(new Uint8Array([0xe4, 0])),
      'a\\u0007\\u2028b'.replace(/[\\p{C}\\s]+/gu, ' '),
      '\\ufb03'.normalize('NFKC'),
      ['b', 'a'].sort((one, other) => one.localeCompare(other, 'de')),
      new Date(0).getTimezoneOffset(),
      new Date(0).toLocaleString('de'),
    ]));`;
    const enterAt = ['/bin/busybox', 'env', 'TZ=Europe/Berlin'];
    const { stdout, stderr } = await runCommandPiped(t, [
      ...enter,
      ...enterAt,
      ...NODE,
      '-e',
      script,
    ]);
    assert.equal(stderr, '');
    const facts: unknown = JSON.parse(stdout);
    // The language is one that was left out: its dates come out in another one.
    const expected = ['xn--bcher-kva.example', 'ä\ufffd', 'ä', 'a b', 'ffi', ['a', 'b'], -60];
    assert.ok(Array.isArray(facts));
    assert.deepEqual(facts.slice(0, -1), expected);
    assert.match(String(facts.at(-1)), /1970/);
  });

  it('looks for no file of Debian outside its directory', async (t) => {
    const { enter = [] } = (await installed(t))?.root ?? {};
    if (enter.length === 0 || !requireTools(t, STRACE)) return;
    const { args } = await startSession(t);
    const trace = join(temporaryDirectory(t), 'trace');
    const command = [...enter, PROGRAM, ...args];
    const through = ['strace', '-f', '-e', 'trace=%file', '-s', '4096', '-o', trace];
    const program = startCommandPiped(t, command, { through });
    program.stdin.end('exit\n');
    assert.equal((await program.end()).status, 0);
    const calls = readFileSync(trace, 'utf8');
    const begin = calls.indexOf(`execve("${LIB}/ld-linux.so.2"`);
    assert.notEqual(begin, -1);
    const opened = calls
      .slice(begin)
      .split('\n')
      .flatMap((line) => /open(?:at)?\((?:AT_FDCWD, )?"([^"]+)"/.exec(line)?.[1] ?? []);
    assert.ok(
      opened.some((path) => path.startsWith(`${LIB}/libnode.so.`)),
      calls,
    );
    const foreign = opened.filter((path) =>
      /\/usr\/share\/nodejs|i386-linux-gnu|\/ld\.so\.|\/usr\/lib\/ssl|\/etc\/ssl\/openssl/.test(
        path,
      ),
    );
    assert.deepEqual(foreign, []);
  });

  it('consists of programs and libraries for Intel 80386', async (t) => {
    if ((await installed(t)) === undefined || !requireTools(t, READELF)) return;
    const lib = join(tree, 'lib');
    const binaries = readdirSync(lib).filter((file) => /^(?:node|.*\.so\b.*)$/.test(file));
    assert.ok(binaries.length > 15, binaries.join(' '));
    for (const file of binaries) {
      const header = runTool(READELF, ['-h', join(lib, file)], { env: { LC_ALL: 'C' } });
      assert.match(header.toString(), /Class: +ELF32\n[^]*Machine: +Intel 80386\n/, file);
    }
  });

  it('is as large as it may be at most', async (t) => {
    if ((await installed(t)) === undefined) return;
    const size = sizeOf(tree) / BYTES_PER_MB;
    assert.ok(size <= LARGEST_MB, `${size.toFixed(1)} MB`);
  });

  it('comes with the origin and the copyright of every file that is not its own', async (t) => {
    const { manifest: shipped } = (await installed(t)) ?? {};
    if (shipped === undefined) return;
    const described = shipped.packages.flatMap(({ files }) => files).sort();

    const foreign = readdirSync(join(tree, 'lib')).filter((file) => !file.endsWith('.cjs'));
    assert.deepEqual(described, foreign.map((file) => `lib/${file}`).sort());
    for (const { name, version, sha256, copyright } of shipped.packages) {
      assert.match(sha256, /^[0-9a-f]{64}$/, name);
      assert.notEqual(version, '', name);
      assert.match(copyright, /copyright|licen[cs]e/i, name);
    }
    assert.match(shipped.commonLicences['LGPL-2.1'] ?? '', /GNU LESSER GENERAL PUBLIC LICENSE/);
    assert.deepEqual(JSON.parse(readFileSync(`${tree}.json`, 'utf8')), shipped);
  });

  it('is built the same a second time', async (t) => {
    const { manifest: shipped } = (await installed(t)) ?? {};
    if (shipped === undefined) return;
    const again = join(work, 'again');
    assert.deepEqual(await build(again), shipped);
    assert.deepEqual(listing(again), listing(tree));
  });

  it('is built the same from the packages that are kept with their record', async (t) => {
    const { manifest: shipped } = (await installed(t)) ?? {};
    if (shipped === undefined) return;
    const again = join(work, 'repeated');
    const source = packageSource('release', `${tree}.debs`);
    assert.deepEqual(await build(again, source), shipped);
    assert.deepEqual(listing(again), listing(tree));
    assert.deepEqual(readRecord(`${again}.debs`), readRecord(`${tree}.debs`));
  });

  it('is not built without a bundle', (t) => {
    const dist = temporaryDirectory(t);
    writeFileSync(join(dist, 'other.cjs'), '');
    assert.throws(
      () => debianNode(dist),
      /has no session-manager-plugin\.cjs: run "npm run build"/,
    );
  });
});
