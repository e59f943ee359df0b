import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { listTree } from '../../../commands/cp/tree/support.ts';
import { needs, type Condition } from '../../../support/require-tools.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { BUSYBOX } from '../../../support/tools.ts';
import { startAccount, type Account } from '../support/account.ts';
import { WEB_TASK } from '../support/ecs.ts';
import { outcomeOf, startCommand, startTerminalCommand } from '../support/run-command.ts';
import { busyboxRoot, CONTAINER_TEXT } from './support/busybox-root.ts';

const NAME = 'ecs://shop/web';
const CONTENT = randomBytes(300_000);
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const AS_ROOT: Condition = {
  obstacle: process.getuid?.() === 0 ? undefined : 'only root may have another root directory',
};

interface Container extends Account {
  /** Its root directory, as this machine names it. */
  readonly directory: string;
}

/** An account with a task whose container has nothing but BusyBox. */
async function start(t: TestContext): Promise<Container> {
  const root = busyboxRoot(t);
  const agent = { root, home: '/root', environment: { PATH } };
  const account = await startAccount(t, [], { tasks: [WEB_TASK], sessions: { agent } });
  return { ...account, directory: root.directory };
}

describe('a container that has only BusyBox', needs(AS_ROOT, BUSYBOX), () => {
  it('runs a command with its own files, whose status exec has', async (t) => {
    const { run, aws } = await start(t);
    const script = 'cat /etc/container; ls -d /bin/bash /usr /home 2>&- | wc -l; exit 7';
    const { status, stdout, stderr } = await run(['exec', NAME, '--', script]);
    assert.deepEqual({ status, stderr }, { status: 7, stderr: '' });
    assert.equal(stdout, `${CONTAINER_TEXT}0\n`);
    assert.equal(aws.ecsCalls.at(-1), 'ExecuteCommand');
  });

  it('runs a command in a terminal with exec -t', async (t) => {
    const { run } = await start(t);
    const script = 'test -t 0 && test -t 1 && cat /etc/container; exit 3';
    const { status, stdout } = await run(['exec', '-t', NAME, '--', script]);
    assert.deepEqual(
      { status, stdout },
      { status: 3, stdout: CONTAINER_TEXT.replace('\n', '\r\n') },
    );
  });

  it('gives a command every byte of its input with exec -i', async (t) => {
    const container = await start(t);
    const script = 'cat /etc/container >&2; cat | sha256sum; exit 5';
    const program = startCommand(t, container, ['exec', '-i', NAME, '--', script]);
    program.stdin.end(CONTENT);
    const { status, stdout, stderr } = await outcomeOf(program);
    assert.deepEqual({ status, stderr }, { status: 5, stderr: CONTAINER_TEXT });
    assert.equal(stdout, `${createHash('sha256').update(CONTENT).digest('hex')}  -\n`);
  });

  it('opens sh with shell, for lack of bash', async (t) => {
    const container = await start(t);
    const program = await startTerminalCommand(t, container, [
      'shell',
      NAME,
      '--env',
      'PS1=READY> ',
    ]);
    await program.screen.until('the prompt', (text) => text.includes('READY> '));
    program.type('echo "<$0 $BASH_VERSION>"; cat /etc/container\r');
    await program.screen.until('its files', (text) => text.includes(CONTAINER_TEXT.trim()));
    assert.match(program.screen.text, /^<\S*sh >\r$/m);
    program.type('exit 9\r');
    assert.equal((await program.end()).status, 9);
  });

  it('reports that a program of --command is not there', async (t) => {
    const { run } = await start(t);
    const { stdout, stderr } = await run(['shell', NAME, '--command', 'bash']);
    assert.match(`${stdout}${stderr}`, /exec: "bash": executable file not found in \$PATH/);
  });

  it('gets and gives files and directories with cp, and keeps nothing else', async (t) => {
    const { run, directory } = await start(t);
    const here = temporaryDirectory(t);
    const file = join(here, 'file');
    writeFileSync(file, CONTENT);
    mkdirSync(join(here, 'tree', 'empty'), { recursive: true });
    writeFileSync(join(here, 'tree', "it's"), 'x\r\n');
    for (const args of [
      [file, `${NAME}:there`],
      [`${NAME}:there`, join(here, 'back')],
      ['-r', join(here, 'tree'), `${NAME}:/root/tree`],
      ['-r', `${NAME}:tree`, join(here, 'again')],
    ]) {
      const { status, stderr } = await run(['cp', '-q', ...args]);
      assert.deepEqual({ status, stderr }, { status: 0, stderr: '' }, args.join(' '));
    }
    assert.ok(readFileSync(join(directory, 'root', 'there')).equals(CONTENT));
    assert.ok(readFileSync(join(here, 'back')).equals(CONTENT));
    assert.deepEqual(listTree(join(directory, 'root', 'tree')), listTree(join(here, 'tree')));
    assert.deepEqual(listTree(join(here, 'again')), listTree(join(here, 'tree')));
    assert.deepEqual(readdirSync(join(directory, 'root')).sort(), ['there', 'tree']);
    assert.deepEqual(readdirSync(join(directory, 'tmp')), []);
  });
});
