import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { inspectTools } from '../../../src/cli/remote/remote-tools.ts';
import { findTool } from '../../../build/tool.ts';
import { pathOfShell, POSIX_SHELLS } from '../../support/posix-shells.ts';
import { needs } from '../../support/require-tools.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { OPENSSL } from '../../support/tools.ts';
import { startLocalRemote } from './support/local-remote.ts';

describe('the tools of a target', () => {
  for (const shell of POSIX_SHELLS) {
    it(`are found by ${shell.name}`, needs(shell.tool), async (t) => {
      const { remote } = await startLocalRemote(t, {
        agent: { environment: { PATH: pathOfShell(t, shell), HOME: '/home/ssm user' } },
      });
      const tools = await inspectTools(remote);
      assert.deepEqual(tools && { ...tools, has: [...tools.has] }, {
        system: 'Linux',
        home: '/home/ssm user',
        temporary: '/tmp',
        encodeBase64: 'base64 -w0',
        decodeBase64: 'base64 -d',
        sha256: 'sha256sum',
        readsFullBlocks: true,
        has: ['stty', 'mkfifo', 'mktemp', 'tar', 'gzip', 'od'],
      });
    });
  }

  it('are others where the usual ones are missing', needs(OPENSSL), async (t) => {
    const directory = temporaryDirectory(t);
    for (const program of ['sh', 'uname', 'cut', 'openssl', 'tar']) {
      symlinkSync(findTool({ program, debianPackage: program }) ?? '', join(directory, program));
    }
    const { remote } = await startLocalRemote(t, {
      agent: { environment: { PATH: directory, TMPDIR: directory } },
    });
    const tools = await inspectTools(remote);
    assert.deepEqual(tools && { ...tools, has: [...tools.has], home: undefined }, {
      system: 'Linux',
      home: undefined,
      temporary: directory,
      encodeBase64: 'openssl base64 -A',
      decodeBase64: 'openssl base64 -d -A',
      sha256: 'openssl dgst -sha256 -r',
      readsFullBlocks: false,
      has: ['tar'],
    });
  });

  it('are not known when the command could not be run', async (t) => {
    const { remote } = await startLocalRemote(t, { aws: { nodes: [] } });
    await assert.rejects(inspectTools(remote), /not connected|target/);
  });
});
