import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { listedOutput, separateOutput } from '../../api/run-command/command-output.ts';
import { readRateControl } from '../../api/run-command/rate-control.ts';

const output = (stdout: string, stderr: string) => ({
  status: 0,
  stdout: Buffer.from(stdout),
  stderr: Buffer.from(stderr),
});

// Agent 3.3, agent/framework/processor/executer/iohandler/iohandler.go, `TruncateOutput`.
describe('the output that a list has', () => {
  it('is whole while both streams are short', () => {
    assert.equal(listedOutput(output('a', '')), 'a');
    assert.equal(listedOutput(output('a', 'b')), 'a\n----------ERROR-------\nb');
  });

  it('is cut with a mark, and never longer than 2500 bytes', () => {
    const long = 'x'.repeat(5000);
    for (const [stdout, stderr] of [
      [long, ''],
      ['', long],
      [long, long],
      [long, 'short'],
    ] as const) {
      const listed = listedOutput(output(stdout, stderr));
      assert.ok(Buffer.byteLength(listed) <= 2500);
      assert.match(listed, /\n---(?:Output|Error) truncated---/);
    }
  });
});

// Agent 3.3, agent/plugins/pluginutil/pluginutil.go, `StringPrefix`.
it('GetCommandInvocation has 24 000 bytes of stdout and 8000 of stderr', () => {
  const { StandardOutputContent: stdout, StandardErrorContent: stderr } = separateOutput(
    output('x'.repeat(30_000), 'y'.repeat(9_000)),
  );
  assert.deepEqual([stdout.length, stderr.length], [24_000, 8_000]);
  assert.ok(stdout.endsWith('--output truncated--'));
});

// botocore, data/ssm/2014-11-06/service-2.json, `MaxConcurrency` and `MaxErrors`; API_SendCommand, `MaxErrors`.
describe('the rate control', () => {
  it('is 50 machines and no error by default', () => {
    assert.deepEqual(readRateControl(undefined, undefined, 200), { concurrency: 50, errors: 0 });
  });

  it('takes shares of the machines: the sixth error of 10 % of 50 ends the command', () => {
    assert.deepEqual(readRateControl('10%', '10%', 50), { concurrency: 5, errors: 5 });
  });

  it('refuses what the service refuses', () => {
    for (const [concurrency, errors] of [
      ['0', '0'],
      ['101%', '0'],
      ['1', '101%'],
      ['1', '-1'],
    ]) {
      assert.equal(readRateControl(concurrency, errors, 10), undefined);
    }
  });
});
