import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TARGET } from '../support/target.ts';
import { outcomeOf, runAlone, startCommand, startCommandTarget } from './support/run-command.ts';

describe('start-session', () => {
  it('starts a session with any document and its parameters', async (t) => {
    const target = await startCommandTarget(t);
    const program = startCommand(t, target, [
      ...['start-session', '--target', TARGET, '--reason', 'a test'],
      ...['--document-name', 'AWS-StartInteractiveCommand', '--parameters', 'command=echo done'],
    ]);
    const { status, stdout } = await outcomeOf(program);
    assert.equal(status, 0);
    assert.equal(stdout, 'done\r\n');
    assert.deepEqual(target.aws.sessions[0]?.request, {
      Target: TARGET,
      DocumentName: 'AWS-StartInteractiveCommand',
      Parameters: { command: ['echo done'] },
      Reason: 'a test',
    });
  });

  it('is a shell without a document', async (t) => {
    const target = await startCommandTarget(t);
    const program = startCommand(t, target, ['start-session', `--target=${TARGET}`]);
    program.stdin.write('exit\n');
    assert.equal((await outcomeOf(program)).status, 0);
    assert.equal(target.aws.sessions[0]?.request.DocumentName, undefined);
  });

  it('takes the endpoint and the region as options, above the environment', async (t) => {
    const { aws } = await startCommandTarget(t);
    const outcome = await runAlone(
      t,
      [
        ...['start-session', '--target', TARGET, '--endpoint-url', aws.endpoint],
        ...['--region', 'eu-north-1', '--document-name', 'AWS-StartNonInteractiveCommand'],
        ...['--parameters', `{"command":["sh -c 'exit 3'"],"separateOutputStream":["true"]}`],
      ],
      { AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL: 'http://127.0.0.1:9' },
    );
    assert.equal(outcome.status, 3);
    assert.match(aws.apiCalls[0]?.authorization ?? '', /\/eu-north-1\/ssm\//);
  });

  it('reports what is wrong with parameters before it asks the service', async (t) => {
    const target = await startCommandTarget(t);
    const program = startCommand(t, target, [
      'start-session',
      '--target',
      TARGET,
      '--parameters',
      'x',
    ]);
    const { status, stdout, stderr } = await outcomeOf(program);
    assert.equal(status, 255);
    assert.equal(stdout, '');
    assert.match(
      stderr,
      /--parameters cannot be "x"\.\nWrite names and values like this:\n {2}--parameters portNumber=80,/,
    );
    assert.deepEqual(target.aws.apiCalls, []);
  });

  for (const [parameters, problem, range] of [
    [
      'portNumber=70000',
      '"70000" is not a port: portNumber',
      'A port is a number from 1 to 65535.',
    ],
    ['portNumber=0', '"0" is not a port: portNumber', 'A port is a number from 1 to 65535.'],
    [
      'portNumber=80,localPortNumber=x',
      '"x" is not a port: localPortNumber',
      'A port is a number from 1 to 65535, or 0 for any free one.',
    ],
  ] as const) {
    it(`reports a parameter of AWS's documents that is no port: ${parameters}`, async (t) => {
      const target = await startCommandTarget(t);
      const program = startCommand(t, target, [
        ...['start-session', '--target', TARGET, '--parameters', parameters],
        ...['--document-name', 'AWS-StartPortForwardingSession'],
      ]);
      const { status, stderr } = await outcomeOf(program);
      assert.equal(status, 255);
      const text = `session-manager-plugin: ${problem} in --parameters.\n${range}\n`;
      assert.equal(stderr.slice(0, text.length), text);
      assert.deepEqual(target.aws.apiCalls, []);
    });
  }

  it('reports how to name a region when there is none', async (t) => {
    const outcome = await runAlone(t, ['start-session', '--target', TARGET]);
    assert.equal(outcome.status, 255);
    assert.equal(outcome.stdout, '');
    assert.match(
      outcome.stderr,
      /^session-manager-plugin: No AWS region is set: .*\. Pass --region NAME/,
    );
  });
});
