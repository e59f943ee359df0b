import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { findTool, type Tool } from '../../../build/tool.ts';
import { createRemote } from '../../../src/cli/remote/remote.ts';
import { decodeStdout } from '../../../src/commands/exec/base64-output.ts';
import { planExec } from '../../../src/commands/exec/exec-run.ts';
import {
  runWithoutTerminal,
  type CommandEnd,
} from '../../../src/commands/exec/run-without-terminal.ts';
import { PayloadType } from '../../../src/protocol/payload-type.ts';
import type { OutputFilter } from '../../../src/session/shell/output-filter.ts';
import { pathOfShell, POSIX_SHELLS } from '../../support/posix-shells.ts';
import { seeded } from '../../support/random.ts';
import { needs } from '../../support/require-tools.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { collect, type Collected } from '../../cli/remote/support/collect.ts';
import { startLocalRemote } from '../../cli/remote/support/local-remote.ts';

const BASE64: Tool = { program: 'base64', debianPackage: 'coreutils' };
const UNCHANGED: OutputFilter = {
  take: (_payloadType, payload) => payload,
  rest: () => Buffer.alloc(0),
  exitStatus: undefined,
};

describe('encoded output', () => {
  it('is decoded up to its end, wherever it is cut', () =>
    seeded((random) => {
      for (let round = 0; round < 200; round++) {
        const bytes = random.bytes(random.between(0, 200));
        const lines = bytes.toString('base64').replace(/.{76}/g, '$&\n');
        const encoded = Buffer.from(`${lines}\n.${random.chance(0.5) ? '' : 'YWJj\n.'}`);
        const output = decodeStdout(UNCHANGED);
        assert.equal(output.state, 'not-begun');
        const decoded: Buffer[] = [];
        for (let at = 0; at < encoded.length;) {
          const length = random.between(1, 50);
          decoded.push(output.filter.take(PayloadType.Output, encoded.subarray(at, at + length)));
          at += length;
        }
        decoded.push(output.filter.rest());
        assert.deepEqual(Buffer.concat(decoded), bytes);
        assert.equal(output.state, 'whole');
      }
    }));

  it('is cut off without its end', () => {
    const output = decodeStdout(UNCHANGED);
    assert.equal(
      output.filter.take(PayloadType.Output, Buffer.from('YWJjZA==')).toString(),
      'abcd',
    );
    assert.equal(output.state, 'cut-off');
  });
});

/** Runs a command whose stdout is encoded by this script of the target. */
async function run(
  t: TestContext,
  path: string,
  encoder: string,
  script: string,
): Promise<{ readonly end: Promise<CommandEnd>; readonly stdout: Collected }> {
  const directory = temporaryDirectory(t);
  writeFileSync(join(directory, 'base64'), `#!/bin/sh\n${encoder}\n`);
  chmodSync(join(directory, 'base64'), 0o755);
  const environment = { PATH: `${directory}:${path}` };
  const { remote } = await startLocalRemote(t, { agent: { environment } });
  const stdout = collect();
  const { context } = remote;
  const output = { ...context.output, stdout: stdout.stream, messages: collect().stream };
  const changed = createRemote({ ...remote, context: { ...context, output } });
  const planned = await planExec(changed, script, { shell: 'sh', sudo: false, binary: true });
  return { end: runWithoutTerminal(planned, undefined), stdout };
}

describe('the output of exec --binary', () => {
  const base64 = findTool(BASE64) ?? '';
  for (const shell of POSIX_SHELLS) {
    it(
      `is cut off when its encoder is killed, with ${shell.name}`,
      needs(shell.tool),
      async (t) => {
        const encoder = `head -c 300 | ${base64}; kill -9 $$`;
        for (const status of [0, 1]) {
          const script = `seq 1000; exit ${status}`;
          const { end, stdout } = await run(t, pathOfShell(t, shell), encoder, script);
          await assert.rejects(end, { name: 'SessionError', code: 'output-cut-off' });
          assert.equal(stdout.bytes().length, 300);
        }
      },
    );

    it(
      `is missing when its encoder cannot begin, with ${shell.name}`,
      needs(shell.tool),
      async (t) => {
        const { end } = await run(t, pathOfShell(t, shell), 'kill -9 $$', 'true');
        await assert.rejects(end, { name: 'SessionError', code: 'output-cut-off' });
      },
    );

    it(`is whole, and has the status, with ${shell.name}`, needs(shell.tool), async (t) => {
      const encoder = `exec ${base64}`;
      const { end, stdout } = await run(t, pathOfShell(t, shell), encoder, 'seq 3; exit 6');
      assert.deepEqual(await end, { status: 6, isReported: true });
      assert.equal(stdout.bytes().toString(), '1\n2\n3\n');
    });
  }
});
