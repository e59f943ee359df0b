import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { startCommandTarget } from '../commands/support/run-command.ts';
import { startChanged, without } from '../support/changed-program.ts';
import { startPiped } from '../support/piped-program.ts';
import { NO_CREDENTIALS } from '../support/program.ts';
import { startSession, TARGET } from '../support/target.ts';
import { PLUGIN_FATAL_ERROR, THROWS_WHILE_CONNECTING } from '../support/throwing/throws.ts';

function missing(file: string): string {
  return `session-manager-plugin: The file ${file} of session-manager-plugin is missing. Install the program again.\n`;
}

describe('a file of the program that is missing', () => {
  it('is reported to the AWS CLI, and the session ends on the service', async (t) => {
    const { args, session } = await startSession(t);
    const program = startChanged(t, without('session.cjs'), args);
    assert.deepEqual(await program.end(), { status: 1, signal: null });
    assert.equal(program.stdout.text, '');
    assert.equal(program.stderr.text, missing('session.cjs'));
    assert.equal((await session.closed).by, 'api');
  });

  it('is reported when without it the session cannot be ended either', async (t) => {
    const { args } = await startSession(t);
    const program = startChanged(t, without('session.cjs', 'session-aws.cjs'), args);
    assert.deepEqual(await program.end(), { status: 1, signal: null });
    assert.equal(program.stderr.text, missing('session.cjs'));
  });

  for (const [file, args] of [
    ['commands.cjs', ['targets']],
    ['session-aws.cjs', ['targets']],
    ['aws-commands.cjs', ['targets']],
    ['session-aws.cjs', ['exec', TARGET, '--', 'id']],
  ] as const) {
    it(`is reported by a command with status 255: ${args[0]} without ${file}`, async (t) => {
      const target = await startCommandTarget(t);
      const program = startChanged(t, without(file), args, target.env);
      assert.deepEqual(await program.end(), { status: 255, signal: null });
      assert.equal(program.stderr.text, missing(file));
      for (const session of target.aws.sessions) await session.closed;
    });
  }

  it('leaves no session of a command on the service', async (t) => {
    const target = await startCommandTarget(t);
    const args = ['exec', TARGET, '--', 'id'];
    const program = startChanged(t, without('session.cjs'), args, target.env);
    assert.deepEqual(await program.end(), { status: 255, signal: null });
    assert.equal(program.stderr.text, missing('session.cjs'));
    for (const session of target.aws.sessions) await session.closed;
  });

  it('is a line of JSON with --json', async (t) => {
    const program = startChanged(t, without('commands.cjs'), ['targets', '--json']);
    assert.deepEqual(await program.end(), { status: 255, signal: null });
    const message =
      'The file commands.cjs of session-manager-plugin is missing. Install the program again.';
    assert.deepEqual(JSON.parse(program.stderr.text), {
      error: { reason: 'internal', code: 'file-missing', message },
    });
  });
});

describe('a file of the program that is damaged', () => {
  it('is reported in one line, and the session ends on the service', async (t) => {
    const { args, session } = await startSession(t);
    const damage = (directory: string): void => writeFileSync(join(directory, 'session.cjs'), '(');
    const program = startChanged(t, damage, args);
    assert.deepEqual(await program.end(), { status: 1, signal: null });
    assert.match(
      program.stderr.text,
      /^session-manager-plugin: Internal error: [^\n]+\. Set minlevel="debug" in seelog\.xml, [^\n]+\n$/,
    );
    assert.equal((await session.closed).by, 'api');
  });
});

describe('an exception that nothing catches while the first socket begins to open', () => {
  it('is reported, and the session ends on the service', async (t) => {
    const { args, session } = await startSession(t);
    const program = startPiped(t, args, { env: THROWS_WHILE_CONNECTING });
    assert.deepEqual(await program.end(), { status: 1, signal: null });
    assert.equal(program.stderr.text, `${PLUGIN_FATAL_ERROR}\n`);
    assert.equal((await session.closed).by, 'api');
  });
});

describe('a program with nothing left to wait for', () => {
  it('has failed', async (t) => {
    const { args, session } = await startSession(t);
    const hang = (directory: string): void =>
      writeFileSync(
        join(directory, 'session.cjs'),
        'exports.startSession = () => new Promise(() => undefined);',
      );
    const program = startChanged(t, hang, args);
    assert.deepEqual(await program.end(), { status: 1, signal: null });
    assert.match(
      program.stderr.text,
      /^session-manager-plugin: Internal error: [^\n]+\. Set minlevel="debug" in seelog\.xml, [^\n]+\n$/,
    );
    assert.equal((await session.closed).by, 'api');
  });
});

describe('a setting that cannot be used', () => {
  const SETTINGS = { SSM_PLUGIN_PING_INTERVAL: 'often' };

  it('ends the session that the AWS CLI has started', async (t) => {
    const { args, session, aws } = await startSession(t);
    const program = startPiped(t, args, { env: SETTINGS });
    assert.deepEqual(await program.end(), { status: 1, signal: null });
    assert.match(program.stdout.text, /^Cannot perform start session: SSM_PLUGIN_PING_INTERVAL /);
    assert.equal((await session.closed).by, 'api');
    assert.equal(aws.apiCalls.length, 1);
  });

  it('is reported also without credentials to end it', async (t) => {
    const { args } = await startSession(t);
    const program = startPiped(t, args, { env: { ...SETTINGS, ...NO_CREDENTIALS } });
    assert.deepEqual(await program.end(), { status: 1, signal: null });
    assert.equal(program.stderr.text, '');
  });
});
