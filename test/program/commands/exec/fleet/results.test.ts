import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { callsOf, idOf, machine, machines, startFleet } from './support/fleet-account.ts';

const QUIET = ['exec', '-q'];
/** Each machine has its own id in the environment, as with the agent. */
const BY_MACHINE =
  'case $AWS_SSM_INSTANCE_ID in *1) echo one; exit 3;; *2) echo two >&2; exit 7;; esac; echo rest';

describe('exec on many machines', () => {
  it('prefixes each line with the name of its machine, and keeps the streams apart', async (t) => {
    const { run } = await startFleet(t, machines(2));
    const script = 'echo a; echo b; printf c; echo err >&2';
    const { status, stdout, stderr } = await run([...QUIET, '--all', '--', script]);
    assert.equal(status, 0);
    assert.equal(stdout, 'web-1 | a\nweb-1 | b\nweb-1 | c\nweb-2 | a\nweb-2 | b\nweb-2 | c\n');
    assert.equal(stderr, 'web-1 | err\nweb-2 | err\n');
  });

  it('reports as whom and where it runs, each failure, and the count', async (t) => {
    const { run } = await startFleet(t, machines(3));
    const { status, stdout, stderr } = await run(['exec', '--all', '--', BY_MACHINE]);
    assert.equal(status, 7);
    assert.equal(stdout, 'web-1 | one\nweb-3 | rest\n');
    assert.equal(
      stderr,
      'The command runs as root on 3 machines in us-east-1: web-1, web-2, web-3. AWS keeps its text in the history of Run Command.\n' +
        'web-1: status 3\nweb-2 | two\nweb-2: status 7\n3 machines: 1 succeeded, 2 failed.\n',
    );
  });

  it('has the note of --comment in the history of AWS', async (t) => {
    const { run, aws } = await startFleet(t, machines(1));
    const comment = 'ticket 7: "restart"';
    assert.equal((await run([...QUIET, '--all', '--comment', comment, '--', 'true'])).status, 0);
    assert.equal(aws.commands[0]?.plan.comment, comment);
  });

  it('joins the words after -- as exec on one machine does, and has no input', async (t) => {
    const { run, aws } = await startFleet(t, [machine(1)]);
    const { stdout } = await run([
      ...QUIET,
      '--targets',
      'web-1',
      '--',
      'echo',
      '"a  b"',
      '$((1+1));',
      'cat',
    ]);
    assert.equal(stdout, 'web-1 | a  b 2\n');
    assert.deepEqual(aws.commands[0]?.plan.parameters['commands'], ['echo "a  b" $((1+1)); cat']);
  });

  it('does not let AWS replace {{ names }} in the command', async (t) => {
    const { run, aws } = await startFleet(t, [machine(1)]);
    const { stdout } = await run([...QUIET, '--all', '--', "echo '{{ ssm:secret }}'"]);
    assert.equal(stdout, 'web-1 | {{ ssm:secret }}\n');
    assert.doesNotMatch(JSON.stringify(aws.commands[0]?.plan.parameters), /\{\{/);
  });

  it('runs the shell of --shell', async (t) => {
    const { run } = await startFleet(t, [machine(1)]);
    const { stdout } = await run([...QUIET, '--all', '--shell', 'bash', '--', 'echo {1..3}']);
    assert.equal(stdout, 'web-1 | 1 2 3\n');
  });

  it('is 255 when the command did not run on a machine, whatever the others have', async (t) => {
    const { run } = await startFleet(t, machines(3), {
      runCommand: { undeliverable: [idOf(2)] },
    });
    const { status, stderr } = await run(['exec', '--all', '--', BY_MACHINE]);
    assert.equal(status, 255);
    assert.match(stderr, /^web-2: did not run: its agent did not get the command$/m);
  });

  it('ends a machine that takes too long', async (t) => {
    const { run } = await startFleet(t, machines(2));
    const script = 'case $AWS_SSM_INSTANCE_ID in *1) exec sleep 600;; esac; echo done';
    const { status, stdout, stderr } = await run([
      'exec',
      '--all',
      '--timeout',
      '5s',
      '--',
      script,
    ]);
    assert.equal(status, 255);
    assert.equal(stdout, 'web-2 | done\n');
    assert.equal(
      stderr.match(/^web-1.*$/gm)?.join(),
      'web-1: ended by --timeout, or with status 137',
    );
  });

  it('stops when it has failed on too many machines', async (t) => {
    const { run, aws } = await startFleet(t, machines(5));
    const { status, stderr } = await run([
      ...['exec', '--all', '--concurrency', '1', '--max-errors', '1', '--', 'exit 4'],
    ]);
    assert.equal(status, 255);
    assert.equal(stderr.match(/^web-\d: status 4$/gm)?.length, 2);
    assert.equal(stderr.match(/^web-\d: did not run: too many machines had failed$/gm)?.length, 3);
    assert.equal(aws.commands[0]?.mostAtOnce, 1);
  });

  it('takes shares of all machines for its limits, whichever command of AWS a machine is in', async (t) => {
    const { run, aws } = await startFleet(t, machines(60));
    const shares = ['--concurrency', '10%', '--max-errors', '5%'];
    const { status } = await run([...QUIET, '--summary', '--all', ...shares, '--', 'true']);
    assert.equal(status, 0);
    assert.deepEqual(
      aws.commands.map(({ plan }) => ({ machines: plan.nodes.length, ...plan.rate })),
      [
        { machines: 50, concurrency: 6, errors: 3 },
        { machines: 10, concurrency: 6, errors: 3 },
      ],
    );
  });

  it('stops when it has failed on a larger share than it may', async (t) => {
    const { run, aws } = await startFleet(t, machines(20));
    const shares = ['--concurrency', '5%', '--max-errors', '5%'];
    const { status, stderr } = await run(['exec', '--all', ...shares, '--', 'exit 4']);
    assert.equal(status, 255);
    assert.equal(stderr.match(/^web-\d+: status 4$/gm)?.length, 2);
    assert.equal(
      stderr.match(/^web-\d+: did not run: too many machines had failed$/gm)?.length,
      18,
    );
    assert.equal(aws.commands[0]?.mostAtOnce, 1);
  });

  it('runs on more machines than one command of AWS takes, all within the concurrency', async (t) => {
    const { run, aws } = await startFleet(t, machines(120));
    const { status, stdout } = await run([
      ...QUIET,
      '--all',
      '--concurrency',
      '30',
      '--',
      'echo ok',
    ]);
    assert.equal(status, 0);
    assert.equal(new Set(stdout.trimEnd().split('\n')).size, 120);
    assert.deepEqual(
      aws.commands.map(({ invocations }) => invocations.length),
      [50, 50, 20],
    );
    for (const { mostAtOnce } of aws.commands) assert.ok(mostAtOnce <= 30);
  });

  it('runs PowerShell on Windows, and keeps its status', async (t) => {
    const asked: (readonly string[])[] = [];
    const { run, aws } = await startFleet(
      t,
      [machine(1), machine(2, { platformType: 'Windows', nameTag: 'win' })],
      {
        runCommand: {
          powershell(lines) {
            asked.push(lines);
            const output = { status: 5, stdout: Buffer.from('C:\\\r\n'), stderr: Buffer.alloc(0) };
            return { ended: Promise.resolve(output), kill: () => undefined };
          },
        },
      },
    );
    const { status, stdout } = await run([...QUIET, '--all', '--', 'pwd']);
    assert.equal(status, 5);
    assert.match(stdout, /^win \| C:\\\r$/m);
    assert.equal(asked[0]?.includes('pwd'), true);
    assert.deepEqual(aws.commands.map(({ plan }) => plan.documentName).sort(), [
      'AWS-RunPowerShellScript',
      'AWS-RunShellScript',
    ]);
  });

  it('asks for no output that a list has whole', async (t) => {
    const { run, aws } = await startFleet(t, machines(3));
    const script = 'echo ok; case $AWS_SSM_INSTANCE_ID in *1) exit 3;; *2) seq 2000;; esac';
    const { stdout } = await run([...QUIET, '--all', '--', script]);
    assert.equal(callsOf(aws, 'GetCommandInvocation'), 1);
    assert.equal(stdout.match(/^web-2 \| \d+$/gm)?.length, 2000);
  });

  it('marks where AWS has cut an output', async (t) => {
    const { run } = await startFleet(t, [machine(1)]);
    const { stdout, status } = await run([...QUIET, '--all', '--', 'seq 10000']);
    assert.equal(status, 0);
    assert.match(
      stdout,
      /^web-1 \| 1\n[^]*\nweb-1 \| \[The output is cut here\. AWS has no more of it\. For all of it, add --output s3:\/\/BUCKET\.\]\n$/,
    );
    assert.doesNotMatch(stdout, /truncated/);
  });

  it('passes on the throttling of AWS as a wait, and sends the command once', async (t) => {
    const { run, aws } = await startFleet(t, machines(2));
    const throttled = {
      status: 400,
      type: 'ThrottlingException',
      message: 'Rate exceeded',
      times: 1,
    };
    for (const operation of ['SendCommand', 'ListCommandInvocations', 'GetCommandInvocation']) {
      aws.refuse(operation, throttled);
    }
    const { status, stdout } = await run([...QUIET, '--all', '--', 'echo ok; echo err >&2']);
    assert.equal(status, 0);
    assert.equal(stdout, 'web-1 | ok\nweb-2 | ok\n');
    assert.equal(aws.commands.length, 1);
    assert.equal(callsOf(aws, 'SendCommand'), 2);
  });
});

describe('the display of exec on many machines', () => {
  it('is a title and the output of each machine with --group', async (t) => {
    const { run } = await startFleet(t, machines(2));
    const { stdout } = await run([...QUIET, '--all', '--group', '--', BY_MACHINE]);
    assert.equal(stdout, '== web-1: status 3 ==\none\n== web-2: status 7 ==\n');
  });

  it('is each output once with --fold, the most frequent first', async (t) => {
    const { run } = await startFleet(t, machines(12));
    const script = 'case $AWS_SSM_INSTANCE_ID in *3) echo other; exit 1;; esac; echo same';
    const { status, stdout } = await run([...QUIET, '--all', '--fold', '--', script]);
    assert.equal(status, 1);
    assert.equal(
      stdout,
      '== status 0, same on 11 machines: web-1, web-2, web-4, web-5, web-6, web-7, web-8, web-9, web-10, web-11 and 1 more ==\n' +
        'same\n== status 1, on 1 machine: web-3 ==\nother\n',
    );
  });

  it('is only a table with --summary, for which no output is read', async (t) => {
    const { run, aws } = await startFleet(t, machines(2));
    const { stdout } = await run([...QUIET, '--all', '--summary', '--', BY_MACHINE]);
    assert.equal(stdout, `web-1\t${idOf(1)}\tstatus 3\nweb-2\t${idOf(2)}\tstatus 7\n`);
    assert.equal(callsOf(aws, 'GetCommandInvocation'), 0);
  });

  it('is an object for each machine with --json, also for those that did not run it', async (t) => {
    const { run, aws } = await startFleet(t, machines(3), {
      runCommand: { undeliverable: [idOf(3)] },
    });
    const { status, stdout } = await run(['exec', '--all', '--json', '--', BY_MACHINE]);
    assert.equal(status, 255);
    const objects = stdout
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    const commandId = aws.commands[0]?.plan.commandId;
    const whole = { stdoutCut: false, stderrCut: false, commandId };
    assert.deepEqual(objects.sort(byId), [
      {
        id: idOf(1),
        name: 'web-1',
        result: 'status 3',
        exitStatus: 3,
        ran: true,
        stdout: 'one\n',
        stderr: '',
        ...whole,
      },
      {
        id: idOf(2),
        name: 'web-2',
        result: 'status 7',
        exitStatus: 7,
        ran: true,
        stdout: '',
        stderr: 'two\n',
        ...whole,
      },
      {
        ...{ id: idOf(3), name: 'web-3', result: 'did not run: its agent did not get the command' },
        ...{ exitStatus: 255, ran: false, stdout: '', stderr: '', ...whole },
      },
    ]);
  });
});

function byId(a: unknown, b: unknown): number {
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;
}
