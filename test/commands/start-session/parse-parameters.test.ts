import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isValueError } from '../../../src/cli/framework/usage/value-error.ts';
import type { Parameters } from '../../../src/commands/start-session/json-parameters.ts';
import { parseParameters } from '../../../src/commands/start-session/parse-parameters.ts';

const UNDERSTOOD: readonly (readonly [string, Parameters])[] = [
  ['{"portNumber":["80"],"host":["db"]}', { portNumber: ['80'], host: ['db'] }],
  ['{"portNumber":"80"}', { portNumber: ['80'] }],
  [' {} ', {}],
  ['portNumber=80', { portNumber: ['80'] }],
  ['portNumber=80,localPortNumber=8080', { portNumber: ['80'], localPortNumber: ['8080'] }],
  ['portNumber=["80"],localPortNumber=["8080"]', { portNumber: ['80'], localPortNumber: ['8080'] }],
  ['portNumber=[80],localPortNumber=[8080]', { portNumber: ['80'], localPortNumber: ['8080'] }],
  ['command=ls -la', { command: ['ls -la'] }],
  ['command=one,two,three', { command: ['one', 'two', 'three'] }],
  ['command=["one, two",three]', { command: ['one, two', 'three'] }],
  ['command="one, two",x=y', { command: ['one, two'], x: ['y'] }],
  ['command=\'say "hi", you\'', { command: ['say "hi", you'] }],
  [String.raw`command="say \"hi\", you"`, { command: ['say "hi", you'] }],
  ["command=it's fine,x=y", { command: ["it's fine"], x: ['y'] }],
  ['command=a=b', { command: ['a=b'] }],
  ['command=', { command: [''] }],
  ['command=[[ -f x ]] && echo yes', { command: ['[[ -f x ]] && echo yes'] }],
];

describe('parameters of a document', () => {
  for (const [text, parameters] of UNDERSTOOD) {
    it(`can be ${text}`, () => {
      assert.deepEqual(parseParameters(text), parameters);
    });
  }

  const FORMS = [
    'Write names and values like this:\n  --parameters portNumber=80,localPortNumber=8080',
    `Or as JSON, with quotes around the whole:\n  --parameters '{"portNumber":["80"],"localPortNumber":["8080"]}'`,
  ];
  const IN_BRACKETS = ['Put the values in quotes and brackets, for example "portNumber":["80"].'];

  for (const [text, problem, hints = FORMS] of [
    ['', undefined],
    ['portNumber', undefined],
    ['command="one', 'In --parameters, the closing " is missing.'],
    // What a shell leaves of JSON whose quotes it takes for its own.
    ['{portNumber:[80]}', '--parameters is not valid JSON from here on: portNumber:[80]}'],
    ["{'portNumber':['80']}", "--parameters is not valid JSON from here on: 'portNumber':['80']}"],
    ['{"portNumber"', '--parameters is not valid JSON: its end is missing.'],
    ['{"portNumber":["80"', '--parameters is not valid JSON: its end is missing.'],
    ['{"portNumber":["80', '--parameters is not valid JSON: its end is missing.'],
    ['{"portNumber":["80",]}', '--parameters is not valid JSON from here on: ]'],
    [
      '{"command":["echo a"] "and so on":["and so forth"]}',
      '--parameters is not valid JSON from here on: "and so on":["and so…',
    ],
    ['{"x":["\u001b[31m"]}', '--parameters is not valid JSON from here on: [31m"]}'],
    [
      '{"portNumber":80}',
      'In --parameters, the value of "portNumber" is not a list of texts.',
      IN_BRACKETS,
    ],
    [
      '{"portNumber":[80]}',
      'In --parameters, the value of "portNumber" is not a list of texts.',
      IN_BRACKETS,
    ],
  ] as const) {
    it(`cannot be ${JSON.stringify(text)}`, () => {
      assert.throws(
        () => parseParameters(text),
        (error) => {
          assert.ok(isValueError(error));
          assert.deepEqual([error.problemOf?.('--parameters'), error.hints], [problem, hints]);
          return true;
        },
      );
    });
  }
});
