import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeFailure } from '../../src/aws/sdk/describe-failure.ts';
import { mergeFiles } from '../../src/aws/shared-files/merge-files.ts';
import { parseIni } from '../../src/aws/shared-files/parse-ini.ts';
import { parseParameters } from '../../src/commands/start-session/parse-parameters.ts';
import { connectionProblem } from '../../src/failures/connection-failure.ts';
import { readSettings, wantsQuiet } from '../../src/cli/process/settings.ts';
import { describeTlsFailure, isChainRefused } from '../../src/network/tls/tls-error.ts';

/** Names that every plain object has, even an empty one. */
const INHERITED = ['constructor', 'toString', 'valueOf', 'hasOwnProperty', '__proto__'] as const;

for (const name of INHERITED) {
  it(`${name} is not a value of a switch`, () => {
    const env = { SSM_PLUGIN_QUIET: name };
    assert.throws(() => readSettings(env), { reason: 'setting' });
    assert.equal(wantsQuiet(env), false);
  });

  it(`a failure with the code ${name} has its own message`, () => {
    const error = Object.assign(new Error('something else'), { code: name });
    assert.equal(connectionProblem(error), 'something else');
    assert.equal(isChainRefused(error), false);
    assert.equal(
      describeTlsFailure({ host: 'h', error, chain: [], problems: [], now: 0 }).message,
      'The secure connection to h could not be set up (something else). Check that no proxy or firewall changes the connection.',
    );
  });

  it(`an error of AWS called ${name} is reported with its message`, () => {
    const error = Object.assign(new Error('No.'), {
      name,
      $fault: 'client',
      $metadata: { httpStatusCode: 400 },
    });
    assert.equal(
      describeFailure(error, { action: 'ssm:X', object: 'i-1', purpose: 'do it' }).message,
      'Cannot do it: No. For details, add `--log-level debug`.',
    );
  });

  it(`a profile and a setting may be called ${name}`, () => {
    const file = `[profile ${name}]\nregion = eu-west-1\n${name} = own\n`;
    assert.equal(mergeFiles(new Map(), new Map()).profiles.get(name), undefined);
    const profile = mergeFiles(parseIni(file), new Map()).profiles.get(name);
    // Names of settings are converted to lower case.
    const expected = [
      ['region', 'eu-west-1'],
      [name.toLowerCase(), 'own'],
    ];
    assert.deepEqual(Object.entries(profile ?? {}), expected);
  });

  it(`a parameter of a document may be called ${name}`, () => {
    assert.deepEqual(Object.entries(parseParameters(`${name}=a,b`)), [[name, ['a', 'b']]]);
    assert.deepEqual(Object.entries(parseParameters(`{"${name}":["a"]}`)), [[name, ['a']]]);
  });
}
