import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { pathOfShell, POSIX_SHELLS } from '../../../support/posix-shells.ts';
import { seeded } from '../../../support/random.ts';
import { needs } from '../../../support/require-tools.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { TARGET } from '../../support/target.ts';
import { outcomeOf, startCommand, startCommandTarget } from '../support/run-command.ts';

describe('exec --binary', () => {
  for (const shell of POSIX_SHELLS) {
    it(
      `passes on every byte of stdout, stderr as it is, and the status, with ${shell.name}`,
      needs(shell.tool),
      (t) =>
        seeded(async (random) => {
          const directory = temporaryDirectory(t);
          const environment = { PATH: pathOfShell(t, shell) };
          const target = await startCommandTarget(t, { sessions: { agent: { environment } } });
          const bytes = Buffer.concat([
            // Bytes of which the agent loses some in text.
            Buffer.from('a\ufffdb'),
            Buffer.from([0xff, 0xc3]),
            random.bytes(200_001),
            Buffer.from([0xe2, 0x82]),
          ]);
          writeFileSync(join(directory, 'bytes'), bytes);
          const program = startCommand(t, target, [
            ...['exec', '--binary', TARGET, '--'],
            `cat ${directory}/bytes; echo err >&2; exit 6`,
          ]);
          assert.equal((await program.end()).status, 6);
          assert.ok(program.stdout.bytes.equals(bytes));
          assert.equal(program.stderr.text, 'err\n');
        }),
    );
  }

  it('passes stdin on with -i', async (t) => {
    const target = await startCommandTarget(t);
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
    const program = startCommand(t, target, ['exec', '-i', '--binary', TARGET, '--', 'cat']);
    program.stdin.end(bytes);
    assert.equal((await program.end()).status, 0);
    assert.deepEqual(program.stdout.bytes, bytes);
  });

  it('leaves the words of the command as they are', async (t) => {
    const target = await startCommandTarget(t);
    const script = `printf '%s|' '{{ command }}' 'a$$b' "it's" '\\n' "$((6*7))"`;
    for (const options of [['--binary'], ['-i'], ['-i', '--binary']]) {
      const program = startCommand(t, target, ['exec', ...options, TARGET, '--', script]);
      assert.deepEqual(await outcomeOf(program), {
        status: 0,
        stdout: "{{ command }}|a$$b|it's|\\n|42|",
        stderr: '',
      });
    }
  });

  it('does not wait for what the command leaves behind', async (t) => {
    const target = await startCommandTarget(t);
    const script = 'sleep 1000 >/dev/null 2>&1 & echo done';
    const program = startCommand(t, target, ['exec', '--binary', TARGET, '--', script]);
    assert.deepEqual(await outcomeOf(program), { status: 0, stdout: 'done\n', stderr: '' });
  });

  it('reports a target that can encode nothing', async (t) => {
    const directory = temporaryDirectory(t);
    writeFileSync(join(directory, 'sh'), '#!/bin/sh\nexec /bin/sh "$@"\n');
    chmodSync(join(directory, 'sh'), 0o755);
    const environment = { PATH: directory };
    const target = await startCommandTarget(t, { sessions: { agent: { environment } } });
    const run = await outcomeOf(
      startCommand(t, target, ['exec', '--binary', TARGET, '--', 'true']),
    );
    assert.equal(run.status, 127);
    assert.equal(run.stderr, 'exec --binary needs base64 or openssl on the target.\n');
  });
});

describe('exec --sudo', () => {
  it('runs the command by sudo, without a password', async (t) => {
    const directory = temporaryDirectory(t);
    writeFileSync(join(directory, 'sudo'), '#!/bin/sh\necho "sudo $1 $2"\nshift 2\nexec "$@"\n');
    chmodSync(join(directory, 'sudo'), 0o755);
    const environment = { PATH: `${directory}:${process.env['PATH'] ?? ''}` };
    const target = await startCommandTarget(t, { sessions: { agent: { environment } } });
    for (const options of [[], ['-i'], ['--binary'], ['-t']]) {
      const command = ['exec', '--sudo', ...options, TARGET, '--', 'echo "it\'s $0"; exit 5'];
      const run = await outcomeOf(startCommand(t, target, command));
      assert.equal(run.status, 5);
      assert.equal(run.stdout.replaceAll('\r', ''), "sudo -n --\nit's sh\n", options.join());
    }
  });
});

describe('exec on Windows', () => {
  it('refuses what needs a POSIX shell there', async (t) => {
    const target = await startCommandTarget(t, {
      nodes: [{ id: TARGET, platformType: 'Windows' }],
    });
    for (const option of ['-i', '-t', '--binary', '--sudo']) {
      const run = await outcomeOf(startCommand(t, target, ['exec', option, TARGET, '--', 'dir']));
      assert.equal(run.status, 255);
      assert.match(
        run.stderr,
        new RegExp(
          `^session-manager-plugin: exec ${option} needs a POSIX shell on the target, and`,
        ),
      );
      assert.equal(target.aws.sessions.length, 0);
    }
  });
});
