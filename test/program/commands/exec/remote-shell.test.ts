import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { TARGET } from '../../support/target.ts';
import { outcomeOf, startCommand, startCommandTarget } from '../support/run-command.ts';

describe('a command of exec', () => {
  // Each was wrong or failed without a shell of the target (seen with the agent 3.3).
  for (const [script, outcome] of [
    ['echo a | cat', { status: 0, stdout: 'a\n' }],
    ['cd / && pwd', { status: 0, stdout: '/\n' }],
    ['echo $((6*7))', { status: 0, stdout: '42\n' }],
    ['exit 3', { status: 3, stdout: '' }],
    [`echo "it's"`, { status: 0, stdout: "it's\n" }],
    ['#1', { status: 0, stdout: '' }],
    ['cd /\nfor i in 1 2; do\n  echo "$i"\ndone\nexit 7', { status: 7, stdout: '1\n2\n' }],
    [
      `printf '%s ' '{{ command }}' '{{ssm:x}}' 'a$$b'`,
      {
        status: 0,
        stdout: '{{ command }} {{ssm:x}} a$$b ',
      },
    ],
  ] as const) {
    it(`is read by a shell of the target: ${JSON.stringify(script)}`, async (t) => {
      const target = await startCommandTarget(t);
      const program = startCommand(t, target, ['exec', TARGET, '--', script]);
      assert.deepEqual(await outcomeOf(program), { ...outcome, stderr: '' });
    });
  }

  it('is read by the shell that is named', async (t) => {
    const target = await startCommandTarget(t);
    const args = ['exec', TARGET, '--shell', 'bash', '--', 'echo {1..3}'];
    assert.equal((await outcomeOf(startCommand(t, target, args))).stdout, '1 2 3\n');
    const unknown = await outcomeOf(
      startCommand(t, target, ['exec', TARGET, '--shell', 'cmd', '--', 'dir']),
    );
    assert.equal(unknown.status, 255);
    assert.match(unknown.stderr, /Choose sh, bash, zsh, powershell or pwsh\./);
  });

  it('is read by PowerShell on Windows', async (t) => {
    const powershell = join(temporaryDirectory(t), 'powershell');
    const decode =
      'for last; do :; done; echo "$last" | base64 -d | iconv -f UTF-16LE -t UTF-8; exit 9';
    writeFileSync(powershell, `#!/bin/sh\n${decode}\n`, { mode: 0o755 });
    const target = await startCommandTarget(t, {
      nodes: [{ id: TARGET, platformType: 'Windows' }],
      sessions: { agent: { powershell } },
    });
    const program = startCommand(t, target, ['exec', TARGET, '--', `Write-Output "it's"`]);
    const { status, stdout } = await outcomeOf(program);
    assert.equal(status, 9);
    assert.ok(stdout.includes(`\nWrite-Output "it's"\n`), stdout);
  });

  it('goes to sh without the permission to ask, with a hint when that is wrong', async (t) => {
    const powershell = join(temporaryDirectory(t), 'powershell');
    const says = '+ CategoryInfo : ObjectNotFound: (sh:String) [], CommandNotFoundException';
    writeFileSync(powershell, `#!/bin/sh\necho '${says}' >&2; exit 1\n`, { mode: 0o755 });
    const target = await startCommandTarget(t, {
      nodes: [{ id: TARGET, platformType: 'Windows' }],
      sessions: { agent: { powershell } },
    });
    const denied = { status: 400, type: 'AccessDeniedException', message: 'no' };
    target.aws.refuse('DescribeInstanceInformation', denied);
    target.aws.refuse('GetDocument', denied);
    const { status, stderr } = await outcomeOf(
      startCommand(t, target, ['exec', TARGET, '--', 'id']),
    );
    assert.equal(status, 1);
    assert.equal(stderr, `${says}\nThe target runs Windows. Add --shell powershell.\n`);
  });
});
