import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BuildError } from '../../../build/runtime/build-error.mjs';
import type { PinSource } from '../../../build/runtime/update/npm-source.mjs';
import {
  OutdatedRuntimeError,
  readAccepted,
  requireAccepted,
  requireNeeded,
} from '../../../packaging/runtime-age/accepted-runtimes.ts';
import { runtimeCheck } from '../../../packaging/runtime-age/runtime-check.ts';

const MACOS = { target: 'macos-x64', version: '26.10.0', missed: '26.12.1' } as const;
const X86 = { target: 'linux-x86', version: '24.21.0', missed: '24.22.3' } as const;

/** A source with these versions for each system of build/runtimes.json. */
function source(name: string, versions: Readonly<Record<string, readonly string[]>>): PinSource {
  return { name, versions: (target) => versions[target] ?? [], find: () => undefined };
}

function messageOf(action: () => void): string {
  try {
    action();
  } catch (error) {
    assert.ok(error instanceof OutdatedRuntimeError);
    return error.message;
  }
  return '';
}

describe('a release with a runtime that lacks a security release', () => {
  const builder = { 'linux-x64': ['26.10.0', '26.12.1', '26.12.2'] };

  it('is an error where a source has that release, or a later one, also if it is accepted', () => {
    const npm = source('npm', { ...builder, 'darwin-x64': ['26.10.0'] });
    const vendor = source('vendor', { ...builder, 'darwin-x64': ['26.12.1', '26.12.2', '27.0.0'] });
    const message = messageOf(() =>
      requireAccepted([MACOS], { 'macos-x64': '26.10.0' }, [npm, vendor]),
    );
    assert.equal(
      message,
      'macos-x64 contains Node.js 26.10.0, without the security fixes of 26.12.1; vendor has them: npm run runtimes -- 26.12.2',
    );
  });

  it('must be accepted where no source has it, and where the system that builds lacks it', () => {
    const without = source('npm', { ...builder, 'darwin-x64': ['26.10.0', '26.11.0', '27.0.0'] });
    const other = source('npm', { 'linux-x64': ['26.10.0'], 'darwin-x64': ['26.12.1'] });
    for (const npm of [without, other]) {
      const expected =
        'macos-x64 contains Node.js 26.10.0, without the security fixes of 26.12.1; no source has them: ' +
        'to release it nevertheless, add --accept-runtime macos-x64=26.10.0';
      assert.equal(
        messageOf(() => requireAccepted([MACOS], {}, [npm])),
        expected,
      );
      assert.equal(
        messageOf(() => requireAccepted([MACOS], { 'macos-x64': '26.9.0' }, [npm])),
        expected,
      );
      assert.equal(
        messageOf(() => requireAccepted([MACOS], { 'macos-x64': '26.10.0' }, [npm])),
        '',
      );
    }
  });

  it("must be accepted for Linux x86, where Debian's archive has one version", () => {
    const npm = source('npm', { 'linux-x64': ['24.22.3'] });
    assert.match(
      messageOf(() => requireAccepted([X86], {}, [npm])),
      /--accept-runtime linux-x86=24\.21\.0$/,
    );
    assert.equal(
      messageOf(() => requireAccepted([X86], { 'linux-x86': '24.21.0' }, [npm])),
      '',
    );
  });

  it('names all targets at once', () => {
    const message = messageOf(() => requireAccepted([MACOS, X86], {}, []));
    assert.deepEqual(message.match(/--accept-runtime \S+/g), [
      '--accept-runtime macos-x64=26.10.0',
      '--accept-runtime linux-x86=24.21.0',
    ]);
  });
});

describe('--accept-runtime', () => {
  it('takes a target and a version, once for each target', () => {
    assert.deepEqual(readAccepted(['macos-x64=26.10.0', 'linux-x86=24.21.0']), {
      'macos-x64': '26.10.0',
      'linux-x86': '24.21.0',
    });
  });

  it('refuses anything else', () => {
    for (const value of [
      '',
      'macos-x64',
      'macos-x64=',
      'macos-x64=26',
      '=26.1.0',
      'macos-x64=26.1.0=x',
    ]) {
      assert.throws(() => readAccepted([value]), /give target and version, such as/, value);
    }
    assert.throws(() => readAccepted(['os2=26.1.0']), BuildError);
    assert.throws(
      () => runtimeCheck(false, ['macos-x64=26.1.0'], '2026-11-29'),
      /with --release only/,
    );
  });

  it('refuses what needs no acceptance: another version, or a target without a known weakness', () => {
    assert.equal(
      messageOf(() => requireNeeded([MACOS], { 'macos-x64': '26.10.0' })),
      '',
    );
    assert.match(
      messageOf(() => requireNeeded([MACOS], { 'macos-x64': '26.9.0', 'linux-x64': '26.1.0' })),
      /^--accept-runtime macos-x64=26\.9\.0: .*remove this option\n--accept-runtime linux-x64=26\.1\.0: /,
    );
  });
});
