import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  parseParameters,
  type Parameters,
} from '../../../src/commands/start-session/parse-parameters.ts';

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

  for (const [text, reason] of [
    ['', /name=value/],
    ['portNumber', /name=value/],
    ['{"portNumber":80}', /"portNumber" is not a list of strings/],
    ['{"portNumber":[80]}', /"portNumber" is not a list of strings/],
    ['{"portNumber"', /not valid JSON/],
    ['command="one', /A " is not closed/],
  ] as const) {
    it(`cannot be ${JSON.stringify(text)}`, () => {
      assert.throws(() => parseParameters(text), reason);
    });
  }
});
