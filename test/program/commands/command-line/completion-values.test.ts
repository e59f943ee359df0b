import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { execFile } from '../../../support/child-process.ts';
import { requireTools } from '../../../support/require-tools.ts';
import { FISH, ZSH } from '../../../support/tools.ts';
import { programEnvironment } from '../../support/program.ts';
import { startCommandInTerminal } from '../../support/terminal-program.ts';
import { WEB_1 } from '../support/account.ts';
import { CACHE, LEGACY, SALES, SHOP } from '../support/databases.ts';
import { JOB_TASK, SECOND_WEB_TASK, WEB_TASK } from '../support/ecs.ts';
import { startCommand } from '../support/run-command.ts';
import { NODES, scriptOf, startAccount, type Account } from './support/completion.ts';

const run = promisify(execFile);

const TASKS = [WEB_TASK, SECOND_WEB_TASK, JOB_TASK];

/** What the program offers after these words: values with their descriptions. */
async function offers(account: Account, ...words: readonly string[]): Promise<readonly string[]> {
  const args = ['__complete', '--', ...words];
  const { status, stdout, stderr } = await account.target.run(args, account.env);
  assert.deepEqual([status, stderr], [0, '']);
  return stdout.split('\n').filter((line) => line !== '');
}

function calls({ target }: Account): number {
  return target.aws.apiCalls.length;
}

describe('the words that may follow', () => {
  it('are the databases of db, by engine where several have a name', async (t) => {
    const account = await startAccount(t, NODES, { databases: [SHOP, CACHE, SALES, LEGACY] });
    const databases = await offers(account, 'db');
    assert.deepEqual(databases, [
      'list\tlist the databases',
      'url\tprint the URL of a database',
      'connect\tstart a client of a database',
      'aurora-postgresql/shop\taurora-postgresql, available',
      'aurora-postgresql/shop/reader\taurora-postgresql, available',
      'valkey/shop\tvalkey, available',
      'valkey/shop/reader\tvalkey, available',
      'sales\tredshift, available',
    ]);
    const nodes = await offers(account, 'db', '--through');
    assert.deepEqual(nodes, await offers(account, 'shell'));
  });

  it('are the targets by id and name, documents, sessions and profiles', async (t) => {
    const account = await startAccount(t);
    const targets = await offers(account, 'shell');
    assert.deepEqual(
      targets.map((line) => line.split('\t')[0]),
      // The answer of EC2 is XML, which has no control characters.
      [WEB_1.id, 'web-1', NODES[1]?.id, NODES[1]?.nameTag, NODES[2]?.id, 'red [31m'],
    );
    assert.match(targets[0] ?? '', /\tweb-1, .*Online$/);
    assert.deepEqual(await offers(account, 'start-session', '--target'), targets);
    assert.deepEqual(await offers(account, 'exec', '--targets'), targets);
    const documents = await offers(account, 'start-session', '--document-name');
    assert.ok(documents.includes('AWS-StartPortForwardingSession\t'));
    const session = account.target.aws.nextSession();
    const shell = startCommand(t, account.target, ['shell', WEB_1.id], { env: account.env });
    await session;
    const { stdout } = await account.target.run(['sessions'], account.env);
    const [id = ''] = stdout.split('\t');
    const sessions = await offers(account, 'sessions', '--terminate');
    assert.deepEqual(
      sessions.map((line) => line.split('\t')[0]),
      [id],
    );
    shell.stdin.end();
    await shell.end();
    assert.deepEqual(await offers(account, 'targets', '--profile'), ['work\t', 'my home\t']);
    assert.deepEqual(await offers(account, '--profile'), ['work\t', 'my home\t']);
  });

  it('are the access requests that can be used', async (t) => {
    const of = { target: WEB_1.id, reason: 'ticket 7', requestedAt: new Date() };
    const account = await startAccount(t, NODES, {
      access: {
        requests: [
          { ...of, id: 'oi-000000000001', state: 'Pending' },
          { ...of, id: 'oi-000000000002', state: 'Rejected' },
        ],
      },
    });
    assert.deepEqual(await offers(account, 'shell', '--access'), [
      `oi-000000000001\tPending, ${WEB_1.id}, ticket 7`,
    ]);
  });

  it('are none where the program knows none', async (t) => {
    const account = await startAccount(t);
    for (const words of [
      [],
      ['nothing'],
      ['targets'],
      ['shell', WEB_1.id],
      ['exec', '--'],
      ['shell', '--reason'],
      ['forward', '--quiet', WEB_1.id],
    ]) {
      assert.deepEqual(await offers(account, ...words), []);
    }
    assert.equal(calls(account), 0);
  });

  it('are services of ECS after the beginning of a container, also where bash breaks it', async (t) => {
    const account = await startAccount(t, NODES, { tasks: TASKS });
    const names = ['ecs://shop/web\t', `ecs://jobs//${JOB_TASK.id}\t`];
    assert.deepEqual(await offers(account, 'shell', 'ecs:'), names);
    assert.deepEqual(
      await offers(account, 'exec', '-t', 'ecs', ':'),
      names.map((name) => name.slice('ecs:'.length)),
    );
    assert.deepEqual(await offers(account, 'start-session', '--target', 'ecs:'), names);
    assert.deepEqual(await offers(account, 'cp', 'ecs:'), []);
    assert.deepEqual(await offers(account, 'shell', 'web-1', 'ecs:'), []);
    assert.equal(calls(account), 0);
    await offers(account, 'shell');
    assert.equal(account.target.aws.ecsCalls.filter((call) => call === 'ListClusters').length, 1);
  });

  it('are remembered for a short time, for each account alone, where only the user reads', async (t) => {
    const account = await startAccount(t);
    await offers(account, 'shell');
    const first = calls(account);
    const again = await offers(account, '--region', account.target.aws.region, '-q', 'exec');
    assert.equal(again.length, 6);
    assert.equal(calls(account), first);
    assert.equal(statSync(account.cache).mode & 0o777, 0o700);
    const [file = ''] = readdirSync(account.cache);
    assert.equal(statSync(join(account.cache, file)).mode & 0o777, 0o600);
    assert.ok(!readFileSync(join(account.cache, file), 'utf8').includes('AKIA'));
    await offers(account, 'shell', '--region', 'other-1');
    assert.ok(calls(account) > first);
    assert.equal(readdirSync(account.cache).length, 2);
  });

  it('are none when AWS refuses, and AWS is not asked again at once', async (t) => {
    const account = await startAccount(t);
    account.target.aws.refuse('DescribeInstanceInformation', {
      status: 400,
      type: 'AccessDeniedException',
      message: 'not for you',
    });
    assert.deepEqual(await offers(account, 'shell'), []);
    const first = calls(account);
    assert.deepEqual(await offers(account, 'shell'), []);
    assert.equal(calls(account), first);
  });

  it('are none without a region, credentials or a readable configuration', async (t) => {
    const account = await startAccount(t);
    for (const env of [
      { AWS_REGION: undefined },
      { AWS_PROFILE: 'missing' },
      { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined },
      { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' },
    ]) {
      const { status, stdout, stderr } = await account.target.run(['__complete', '--', 'shell'], {
        ...account.env,
        ...env,
      });
      assert.deepEqual([status, stdout, stderr], [0, '', '']);
    }
  });
});

describe('the values in a completion script', () => {
  it('of bash are quoted as bash reads them back', async (t) => {
    const account = await startAccount(t, NODES, { tasks: TASKS });
    const script = await scriptOf(t, 'bash');
    const ask = async (...words: readonly string[]): Promise<readonly string[]> => {
      const program = `
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
_session_manager_plugin
for word in "\${COMPREPLY[@]}"; do eval "printf '%s\\\\n' $word"; done`;
      const args = ['-c', program, 'bash', script, 'session-manager-plugin', ...words];
      const options = { env: programEnvironment(account.env), cwd: account.home };
      const { stdout } = await run('bash', args, options);
      return stdout.split('\n').filter((line) => line !== '');
    };
    assert.deepEqual(await ask('shell', 'web'), ['web-1']);
    assert.deepEqual(await ask('shell', 'ecs', ':', '//sh'), ['//shop/web']);
    assert.deepEqual(await ask('--region', account.target.aws.region, 'shell', 'it'), [
      NODES[1]?.nameTag,
    ]);
    assert.ok(!readdirSync(account.home).includes('pwned'));
    assert.deepEqual(await ask('shell', '--profile', 'my'), ['my home']);
    assert.deepEqual(await ask('shell', '--profile', '=', 'w'), ['work']);
    assert.deepEqual(await ask('--region', 'us-gov'), ['us-gov-east-1', 'us-gov-west-1']);
    assert.deepEqual(await ask('--region', 'us-east-1', 'ssh'), ['ssh', 'ssh-proxy', 'ssh-config']);
  });

  it('of zsh are inserted quoted', async (t) => {
    if (!requireTools(t, ZSH)) return;
    const account = await startAccount(t, NODES, { tasks: TASKS });
    const script = await scriptOf(t, 'zsh');
    const zsh = await startCommandInTerminal(t, ['zsh', '-f', '-i'], {
      size: { cols: 200, rows: 24 },
      env: account.env,
    });
    // The terminal may echo the line before zsh reads it: only the prompt has the word in one piece.
    zsh.type(`PS1='rea''dy: '; autoload -U compinit; compinit -D -u; source ${script}\r`);
    await zsh.screen.until('the prompt', (text) => text.includes('ready: '));
    zsh.type('session-manager-plugin shell it\t');
    await zsh.screen.until('the name', (text) =>
      text.includes("it\\'s\\ \\$\\(touch\\ pwned\\)\\;"),
    );
    for (const [typed, inserted] of [
      ['\x15session-manager-plugin --profile wo\t', '--profile work'],
      ['shell we\t', 'shell web-1'],
      ['\x15session-manager-plugin shell ecs://sho\t', 'shell ecs://shop/web'],
      ['\x15session-manager-plugin --region us-gov-w\t', 'us-gov-west-1'],
      ['start-ses\t', 'start-session'],
      ['--docum\t', '--document-name'],
      ['AWS-StartSSH\t', 'AWS-StartSSHSession'],
    ] as const) {
      zsh.type(typed);
      await zsh.screen.until(inserted, (text) => text.includes(inserted));
    }
    zsh.hangUp();
  });

  it('of fish are those of the program, with their descriptions', async (t) => {
    if (!requireTools(t, FISH)) return;
    const account = await startAccount(t, NODES, { tasks: TASKS });
    const script = await scriptOf(t, 'fish');
    const ask = async (line: string): Promise<readonly string[]> => {
      const args = ['--no-config', '-c', 'source $argv[1]; complete -C $argv[2]', script, line];
      const { stdout } = await run('fish', args, { env: programEnvironment(account.env) });
      return stdout.split('\n').filter((entry) => entry !== '');
    };
    const [web] = await ask('session-manager-plugin shell web');
    assert.match(web ?? '', /^web-1\ti-00000000000000001, .*Online$/);
    assert.deepEqual(await ask('session-manager-plugin shell --profile wo'), ['work']);
    assert.deepEqual(await ask('session-manager-plugin shell ecs://sh'), ['ecs://shop/web']);
    assert.deepEqual(await ask('session-manager-plugin --region x exec web-'), [web]);
    assert.deepEqual(await ask('session-manager-plugin shell web-1 web'), []);
    const [ssh] = await ask('session-manager-plugin --region x ssh-c');
    assert.match(ssh ?? '', /^ssh-config\t/);
  });
});
