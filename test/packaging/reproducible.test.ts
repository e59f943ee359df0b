import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { describe, it } from 'node:test';
import { buildBinary } from '../../build/binary/build-binary.ts';
import { BUILD_OUTPUTS } from '../../build/build-settings.ts';
import { BINARY_TARGETS, TARGET_NAMES } from '../../build/targets.ts';
import { DOWNLOADS } from '../../packaging/downloads.ts';
import { OUTPUTS } from '../../packaging/release-settings.ts';
import type { Release } from '../../packaging/release.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { binaryOf } from './support/binaries.ts';
import { packagePath, requireTargets } from './support/packages.ts';

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

function release(): Release {
  return JSON.parse(readFileSync(OUTPUTS.release, 'utf8')) as Release;
}

/** Settings on another machine that makes packages. Only signing may depend on settings. */
Object.assign(process.env, {
  AWS_CA_BUNDLE: '/nowhere/ca.pem',
  AWS_PROFILE: 'somebody',
  HTTPS_PROXY: 'http://127.0.0.1:9',
  LANG: 'C.UTF-8',
  SSM_PLUGIN_QUIET: '1',
  TZ: 'Asia/Tokyo',
});

describe('built a second time, elsewhere,', () => {
  for (const target of BINARY_TARGETS) {
    it(`the binary for ${target.name} is the same`, async (t) => {
      const binary = binaryOf(t, target.name);
      if (binary === undefined) return;
      const again = join(temporaryDirectory(t), 'another place', target.executable);
      const { version, sourceDateEpoch } = release();
      const { bundle } = BUILD_OUTPUTS;
      buildBinary(target, { bundle, output: again, version, sourceDateEpoch, env: process.env });
      assert.equal(await digestOf(again), await digestOf(binary));
    });
  }

  for (const name of TARGET_NAMES) {
    it(`the downloads for ${name} are the same`, async (t) => {
      const tree = join(OUTPUTS.trees, name);
      if (!requireTargets(t, name)) return;
      const directory = temporaryDirectory(t);
      for (const { path, build } of DOWNLOADS[name]) {
        const again = join(directory, path);
        mkdirSync(dirname(again), { recursive: true });
        await build(release(), { tree, output: again }, process.env);
        assert.equal(await digestOf(again), await digestOf(packagePath(path)), path);
      }
    });
  }
});
