import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { runInNewContext } from 'node:vm';
import { build } from 'esbuild';
import { isAwsError, type AwsError } from '../../../src/aws/sdk/aws-error.ts';
import { CommandError, isCommandError } from '../../../src/cli/framework/command-context.ts';
import {
  ConfigurationError,
  isConfigurationError,
} from '../../../src/lib/errors/configuration-error.ts';
import { isOutputError, OutputError } from '../../../src/lib/errors/output-error.ts';
import { familyOf } from '../../../src/lib/errors/program-error.ts';
import type { NetworkError } from '../../../src/network/network-error.ts';
import { isProtocolError, ProtocolError } from '../../../src/protocol/protocol-error.ts';
import { isListenError, ListenError } from '../../../src/session/port/listen/listen-error.ts';
import { isSocketError, SocketError } from '../../../src/socket/socket.ts';
import { testFailure } from '../../support/test-failure.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');

/** What one file of the bundle contains of the errors of AWS and of the network. */
interface BundledErrors {
  readonly AwsError: typeof AwsError;
  readonly NetworkError: typeof NetworkError;
  readonly isAwsError: (thrown: unknown) => boolean;
  readonly isNetworkError: (thrown: unknown) => boolean;
}

/** Bundles the classes as `build/bundle/bundle.ts` does, with other options that copy them. */
async function bundleErrors(): Promise<string> {
  const { outputFiles } = await build({
    stdin: {
      contents:
        "export * from './src/aws/sdk/aws-error.ts'; export * from './src/network/network-error.ts';",
      resolveDir: ROOT,
    },
    bundle: true,
    format: 'cjs',
    minify: true,
    platform: 'node',
    write: false,
  });
  const [file] = outputFiles;
  assert.ok(file !== undefined);
  return file.text;
}

/** Evaluates a file of the bundle in a realm of its own. */
function load(code: string): BundledErrors {
  const module = { exports: {} };
  runInNewContext(code, { module });
  return module.exports as BundledErrors;
}

describe('an error of the program', () => {
  it('is recognised by another copy of its class, in another realm', async () => {
    const code = await bundleErrors();
    const [one, other] = [load(code), load(code)];
    const error = new one.AwsError(testFailure('throttled', 'too many requests'));
    assert.equal(error instanceof other.AwsError, false);
    assert.equal(error instanceof Error, false, 'it is of another realm');
    assert.notEqual(error.constructor.name, 'AwsError', 'names are minified');
    assert.equal(other.isAwsError(error), true);
    assert.equal(isAwsError(error) && error.reason, 'throttled');
    assert.equal(other.isNetworkError(error), false);
    assert.equal(
      other.isNetworkError(new one.NetworkError(testFailure('proxy', 'no proxy'))),
      true,
    );
  });

  it('belongs to the family of its class, and to no other', () => {
    const errors = [
      { error: new ProtocolError('smux-version', ''), is: isProtocolError },
      { error: new SocketError(testFailure('refused', '')), is: isSocketError },
      { error: new ListenError(testFailure('in-use', ''), ''), is: isListenError },
      { error: new CommandError(testFailure('input', '')), is: isCommandError },
      { error: new OutputError('stdout', new Error()), is: isOutputError },
      {
        error: new ConfigurationError('setting', ''),
        is: (thrown: unknown) => isConfigurationError(thrown, 'setting'),
      },
    ];
    for (const { error } of errors) {
      const claims = errors.filter(({ is }) => is(error)).map((one) => one.error);
      assert.deepEqual(claims, [error]);
    }
  });

  it('of a family is recognized by its reason', () => {
    const error = new ConfigurationError('logging', '');
    assert.equal(isConfigurationError(error, 'setting'), false);
    assert.equal(isConfigurationError(error, 'logging'), true);
  });

  it('is not recognised by its name, nor by a reason', () => {
    const foreign = Object.assign(new Error('no'), { name: 'AwsError', reason: 'throttled' });
    assert.equal(isAwsError(foreign), false);
    for (const thrown of [undefined, null, 'AwsError', 0, {}]) {
      assert.equal(familyOf(thrown), undefined);
    }
  });

  it('prints its reason, but not the mark', () => {
    assert.deepEqual(Object.keys(new SocketError(testFailure('refused', 'no'))).sort(), [
      'code',
      'name',
      'problem',
      'reason',
      'remedy',
      'status',
    ]);
  });
});
