import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { SigningSettingsError } from '../../../build/signing-settings.ts';
import { runTool, ToolError } from '../../../build/tool.ts';
import {
  describeMinisignSigning,
  minisignPublicKey,
  minisignSigning,
  signWithMinisign,
  type MinisignSigning,
} from '../../../packaging/signing/minisign.ts';
import { signRelease } from '../../../packaging/published/signatures.ts';
import { requireTools } from '../../support/require-tools.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { MINISIGN, STRACE } from '../../support/tools.ts';
import { smallRelease } from '../support/small-release.ts';

const PASSWORD = 'correct horse battery staple';

/** A key of its own, and a list of digests to sign. */
interface TestKey {
  readonly directory: string;
  readonly keyFile: string;
  readonly publicKey: string;
  readonly passwordFile: string;
  readonly list: string;
}

/** Makes a key with the real program. */
function makeKey(t: TestContext, protection: 'password' | 'none' = 'password'): TestKey {
  const directory = join(temporaryDirectory(t), "it's 100% here");
  mkdirSync(directory);
  const [keyFile, publicKey] = [join(directory, 'release.key'), join(directory, 'release.pub')];
  const withPassword = protection === 'password';
  runTool(MINISIGN, ['-G', ...(withPassword ? [] : ['-W']), '-p', publicKey, '-s', keyFile], {
    input: withPassword ? `${PASSWORD}\n${PASSWORD}\n` : '',
  });
  const passwordFile = join(directory, 'password');
  writeFileSync(passwordFile, `${PASSWORD}\n`, { mode: 0o600 });
  const list = join(directory, 'SHA256SUMS');
  writeFileSync(list, `${'0'.repeat(64)}  VERSION\n`);
  return { directory, keyFile, publicKey, passwordFile, list };
}

function environmentOf({ keyFile, passwordFile }: TestKey): Readonly<Record<string, string>> {
  return { SSM_SIGN_MINISIGN_KEY: keyFile, SSM_SIGN_MINISIGN_PASSWORD_FILE: passwordFile };
}

/** What the real program prints about a signature that is right. */
function verify({ publicKey, list }: TestKey): string {
  return runTool(MINISIGN, ['-V', '-p', publicKey, '-m', list]).toString();
}

describe('the list of digests', () => {
  it('gets a signature that minisign verifies, with the version and its name', (t) => {
    if (!requireTools(t, MINISIGN)) return;
    const key = makeKey(t, 'none');
    const signatures = signRelease({
      release: smallRelease('1.3.0.0'),
      directory: key.directory,
      targets: [],
      accepted: {},
      env: { SSM_SIGN_MINISIGN_KEY: key.keyFile },
      listed: [],
    });
    assert.deepEqual(signatures, ['SHA256SUMS.minisig']);
    assert.match(verify(key), /^Trusted comment: session-manager-plugin 1\.3\.0\.0 SHA256SUMS$/m);

    const signature = readFileSync(`${key.list}.minisig`, 'utf8');
    writeFileSync(`${key.list}.minisig`, signature.replace(' 1.3.0.0 ', ' 1.4.0.0 '));
    assert.throws(() => verify(key), /Comment signature verification failed/);
    writeFileSync(`${key.list}.minisig`, signature);
    writeFileSync(key.list, `${'1'.repeat(64)}  VERSION\n`);
    assert.throws(() => verify(key), /Signature verification failed/);
  });

  it('gets the same signature each time', (t) => {
    if (!requireTools(t, MINISIGN)) return;
    const key = makeKey(t, 'none');
    const signing = minisignSigning({ SSM_SIGN_MINISIGN_KEY: key.keyFile });
    const [first, second] = [1, 2].map(() => {
      assert.deepEqual(signWithMinisign(key.list, '1.3.0.0', signing), [`${key.list}.minisig`]);
      return readFileSync(`${key.list}.minisig`, 'utf8');
    });
    assert.equal(first, second);
    verify(key);
  });

  it('gets none when there is no key', (t) => {
    const list = join(temporaryDirectory(t), 'SHA256SUMS');
    writeFileSync(list, '');
    assert.deepEqual(signWithMinisign(list, '1.3.0.0', { kind: 'unsigned' }), []);
    assert.ok(!existsSync(`${list}.minisig`));
  });
});

describe('a password', () => {
  it('is in no argument and no environment of minisign; one that is wrong or missing stops the release, and is not in the error', (t) => {
    if (!requireTools(t, MINISIGN, STRACE)) return;
    const key = makeKey(t);
    const trace = join(key.directory, 'trace');
    const script = `
      import { minisignSigning, signWithMinisign } from '${import.meta.resolve('../../../packaging/signing/minisign.ts')}';
      signWithMinisign(${JSON.stringify(key.list)}, '1.3.0.0', minisignSigning(process.env));`;
    runTool(
      STRACE,
      [
        ...['-f', '-v', '-s', '4096', '-e', 'trace=execve', '-o', trace],
        ...[process.execPath, '--input-type=module', '--eval', script],
      ],
      { env: environmentOf(key) },
    );
    const started = readFileSync(trace, 'utf8');
    assert.match(started, /execve\("[^"]*\/minisign"/);
    assert.doesNotMatch(started, new RegExp(PASSWORD));
    verify(key);
    const [, publicKey] = readFileSync(key.publicKey, 'utf8').split('\n');
    assert.equal(minisignPublicKey(minisignSigning(environmentOf(key))), publicKey);
    assertRefused(key);
  });

  /** Here, because minisign takes seconds for each password. */
  function assertRefused({ directory, keyFile, list }: TestKey): void {
    rmSync(`${list}.minisig`);
    const wrong = join(directory, 'wrong');
    writeFileSync(wrong, 'not this one\n');
    const sign = (signing: MinisignSigning) => () => signWithMinisign(list, '1.3.0.0', signing);
    assert.throws(sign({ kind: 'key', keyFile, passwordFile: wrong }), (error: unknown) => {
      assert.ok(error instanceof ToolError);
      assert.match(error.message, /Wrong password/);
      assert.doesNotMatch(error.message, /not this one/);
      return true;
    });
    assert.throws(
      sign({ kind: 'key', keyFile, passwordFile: undefined }),
      /set SSM_SIGN_MINISIGN_PASSWORD_FILE to a file that contains it\.$/,
    );
    assert.throws(sign({ kind: 'key', keyFile: list, passwordFile: wrong }), ToolError);
    assert.ok(!existsSync(`${list}.minisig`));
  }
});

describe('the environment', () => {
  it('names the key; without one nothing is signed', (t) => {
    assert.deepEqual(minisignSigning({}), { kind: 'unsigned' });
    assert.deepEqual(minisignSigning({ SSM_SIGN_MINISIGN_KEY: '' }), { kind: 'unsigned' });
    assert.match(
      describeMinisignSigning({ kind: 'unsigned' }),
      /no signature of minisign: SSM_SIGN_MINISIGN_KEY is not set$/,
    );
    const keyFile = join(temporaryDirectory(t), 'release.key');
    writeFileSync(keyFile, '');
    const signing = minisignSigning({ SSM_SIGN_MINISIGN_KEY: keyFile });
    assert.deepEqual(signing, { kind: 'key', keyFile, passwordFile: undefined });
    assert.ok(describeMinisignSigning(signing).endsWith(`the key in ${keyFile}`));
  });

  it('is refused with a password that has no key, or a file that does not exist', () => {
    const missing = '/nonexistent/file';
    for (const [env, message] of [
      [
        { SSM_SIGN_MINISIGN_PASSWORD_FILE: '/etc/hostname' },
        'SSM_SIGN_MINISIGN_PASSWORD_FILE needs SSM_SIGN_MINISIGN_KEY: the file with the secret key',
      ],
      [{ SSM_SIGN_MINISIGN_KEY: missing }, `SSM_SIGN_MINISIGN_KEY: there is no file ${missing}`],
      [
        { SSM_SIGN_MINISIGN_KEY: '/etc/hostname', SSM_SIGN_MINISIGN_PASSWORD_FILE: missing },
        `SSM_SIGN_MINISIGN_PASSWORD_FILE: there is no file ${missing}`,
      ],
    ] as const) {
      assert.throws(() => minisignSigning(env), new SigningSettingsError(message));
    }
  });
});
