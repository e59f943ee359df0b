import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CURL, JQ } from '../support/tools.ts';
import { matches, parseConsoleBlock } from './support/console-block.ts';
import { programsOf } from './support/needed-programs.ts';
import { workflowScripts } from './support/workflow.ts';

describe('a block of the kind console', () => {
  it('is typed line by line, at either prompt, and shows all of it', () => {
    const block = parseConsoleBlock(
      '$ ssh web\nsh-5.2$ hostname\nweb-1\nsh-5.2$ exit\n$ echo $?\n0\n',
    );
    assert.deepEqual(
      block.steps.map((step) => step.kind === 'line' && [step.prompt, step.typed]),
      [
        ['$ ', 'ssh web'],
        ['sh-5.2$ ', 'hostname'],
        ['sh-5.2$ ', 'exit'],
        ['$ ', 'echo $?'],
      ],
    );
    assert.equal(block.shown.length, 6);
    assert.equal(block.goesOn, false);
  });

  it('has commands of several lines', () => {
    const { steps } = parseConsoleBlock('$ aws ssm \\\n    start-session\nStarting\n');
    assert.deepEqual(steps, [
      { kind: 'line', prompt: '$ ', typed: 'aws ssm \\\n    start-session' },
    ]);
  });

  it('has keys that the screen does not show, and Ctrl-C', () => {
    const { steps, shown } = parseConsoleBlock('$ a\nsh-5.2$ ~.\n$ b\nline\n^C\n');
    assert.deepEqual(steps[1], { kind: 'keys', prompt: 'sh-5.2$ ', typed: '~.' });
    assert.deepEqual(shown, ['$ a', 'sh-5.2$ ', '$ b', 'line', '^C']);
    assert.deepEqual(steps[3], { kind: 'interrupt', shown: ['$ a', 'sh-5.2$ ', '$ b', 'line'] });
  });

  it('continues when its last line asks for it', () => {
    assert.equal(parseConsoleBlock('$ forward\nopen\n…\n').goesOn, true);
    assert.equal(parseConsoleBlock('$ shell\nsh-5.2$\n').goesOn, true);
  });
});

describe('what the screen shows', () => {
  it('is compared line by line, except for blanks at their ends', () => {
    assert.ok(matches(['a', 'b '], ['a', 'b']));
    assert.ok(!matches(['a', 'b'], ['a']));
    assert.ok(!matches(['a'], ['a', 'b']));
    assert.ok(!matches(['axb'], ['a.b']));
  });

  it('may be anything where the guide leaves it open: within a line, or whole lines', () => {
    assert.ok(matches(['id: 17.'], ['id: ….']));
    assert.ok(!matches(['id: 17'], ['id: ….']));
    assert.ok(matches(['a', '1', '2', 'b'], ['a', '…', 'b']));
    assert.ok(matches(['a', 'b'], ['a', '…', 'b']));
    assert.ok(!matches(['a', '1', 'b'], ['a', '…', 'c']));
  });
});

describe('the commands of a workflow', () => {
  it('are those of its steps, in lines and blocks', () => {
    const steps = 'steps:\n  - uses: a@v1\n  - run: one\n  - run: |\n      two\n        three\n';
    assert.deepEqual(workflowScripts(steps), ['one\n', 'two\n  three\n\n']);
  });

  it('are those of a script of GitLab', () => {
    const job = 'job:\n  script:\n    - one\n    - |\n      two\n      three\n  after: x\n';
    assert.deepEqual(workflowScripts(job), ['one\n', 'two\nthree\n']);
  });
});

describe('the programs that blocks need', () => {
  for (const [text, expected] of [
    ['$ curl http://localhost:8080/', [CURL]],
    ['until curl --fail http://localhost:8080/; do sleep 1; done', [CURL]],
    ['while ! curl --fail http://localhost:8080/; do sleep 1; done', [CURL]],
    ['echo "$(jq .port event)" | curl --data @- http://localhost:8080/', [JQ, CURL]],
    ['if true; then curl http://localhost:8080/; else jq . event; fi', [CURL, JQ]],
    ['echo curl', []],
  ] as const) {
    it(`of ${text}`, () => {
      const block = { kind: 'sh', text, line: 1, path: undefined };
      assert.deepEqual(new Set(programsOf([block])), new Set(expected));
    });
  }
});
