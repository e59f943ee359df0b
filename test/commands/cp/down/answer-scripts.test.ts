import assert from 'node:assert/strict';
import { once } from 'node:events';
import { closeSync, constants, existsSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import {
  answerScript,
  NO_REQUESTS_STATUS,
  requestScript,
} from '../../../../src/commands/cp/down/sessions/answer-scripts.ts';
import { killGroup, spawn, spawnSync } from '../../../support/child-process.ts';
import { makeFifo } from '../../../support/fifo.ts';
import { POSIX_SHELLS } from '../../../support/posix-shells.ts';
import { needs } from '../../../support/require-tools.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { targetShell } from './support/target-shells.ts';

for (const shell of POSIX_SHELLS) {
  it(
    `a script that passes requests on answers probes with ${shell.name}`,
    needs(shell.tool),
    (t) => {
      const { env } = targetShell(t, shell);
      const directory = join(temporaryDirectory(t), 'fifos');
      const input = 'o 4 1\np\na 4 b 0 1\nc 4\np\nq\n';
      const { stdout, status } = spawnSync('sh', ['-c', requestScript(directory)], { env, input });
      assert.deepEqual({ stdout: stdout.toString(), status }, { stdout: '\n\n', status: 0 });
      assert.equal(existsSync(directory), false);
    },
  );

  describe(`a script that answers requests with ${shell.name}`, needs(shell.tool), () => {
    it('ends with the status for missing requests when it cannot open their FIFO', (t) => {
      const { env, tools } = targetShell(t, shell);
      const script = answerScript({ kind: 'file', setPath: 'f=/' }, makeFifo(t), tools);
      // No file descriptor is left for it.
      const { status } = spawnSync('sh', ['-c', `ulimit -n 3\n${script}`], { env });
      assert.equal(status, NO_REQUESTS_STATUS);
    });

    it('leaves no process when it is killed before its pipe is open', async (t) => {
      const { env, tools } = targetShell(t, shell);
      const programs = temporaryDirectory(t);
      // A `tee` that only prints its process id, and never opens anything.
      const tee = join(programs, 'tee');
      writeFileSync(tee, '#!/bin/sh\necho $$ >&2\nexec sleep 1000\n', { mode: 0o755 });
      const fifo = makeFifo(t);
      const requests = openSync(fifo, constants.O_RDWR);
      const source = { kind: 'pipe', script: ':', from: 0 } as const;
      const words = { ...tools, base64: `${tools.base64} 2>/dev/null` };
      const child = spawn('sh', ['-c', answerScript(source, fifo, words)], {
        env: { ...env, PATH: `${programs}:${env['PATH']}` },
        stdio: ['ignore', 'pipe', 'pipe'],
        detached: true,
      });
      t.after(() => killGroup(child));
      const [pid] = (await once(child.stderr, 'data')) as [Buffer];
      child.kill('SIGKILL');
      process.kill(Number(pid), 'SIGKILL');
      closeSync(requests);
      child.stdout.destroy();
      // It ends when no process has it open any more.
      await once(child.stderr.resume(), 'end');
    });
  });
}
