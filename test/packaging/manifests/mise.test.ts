import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TargetName } from '../../../build/targets.ts';
import { runTool } from '../../../build/tool.ts';
import { miseConfiguration } from '../../../packaging/manifests/mise.ts';
import { needs } from '../../support/require-tools.ts';
import { PYTHON } from '../../support/tools.ts';
import { exampleTable, expectedSource } from './support/release.ts';

/** The standard library of Python has a parser of TOML since 3.11. */
const TO_JSON = 'import json, sys, tomllib; print(json.dumps(tomllib.load(sys.stdin.buffer)))';

describe('the configuration of mise', needs(PYTHON), () => {
  it('installs the archive for the system, with its digest', () => {
    const table = exampleTable();
    const [manifest] = miseConfiguration(table);
    assert.equal(manifest?.path, 'mise/mise.toml');
    const json = runTool(PYTHON, ['-c', TO_JSON], { input: manifest.text }).toString('utf8');
    const platform = (target: TargetName): object => {
      const { url, sha256 } = expectedSource(table, target, 'archive');
      return { url, checksum: `sha256:${sha256}` };
    };
    assert.deepEqual(JSON.parse(json), {
      tools: {
        'http:session-manager-plugin': {
          version: '1.3.0.0',
          bin_path: 'bin',
          platforms: {
            'linux-x64': platform('linux-x64'),
            'linux-arm64': platform('linux-arm64'),
            'macos-x64': platform('macos-x64'),
            'macos-arm64': platform('macos-arm64'),
            'windows-x64': platform('windows-x64'),
            'windows-arm64': platform('windows-arm64'),
          },
        },
      },
    });
  });

  it('is not made for a release without archives', () => {
    assert.deepEqual(miseConfiguration(exampleTable({ targets: ['linux-x86'] })), []);
  });
});
