import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { COMMANDS } from '../../../src/commands/index.ts';
import { runAlone } from './support/own-command.ts';

describe('the help', () => {
  for (const option of ['--help', '-h']) {
    it(`of the program (${option}) names every command, and exits with 0`, async (t) => {
      const { status, stdout, stderr } = await runAlone(t, [option]);
      assert.equal(status, 0);
      assert.equal(stderr, '');
      for (const { name } of COMMANDS) {
        assert.match(stdout, new RegExp(`^  ${name}[ \\n]`, 'm'), `${name} is missing`);
      }
    });
  }

  for (const { name } of COMMANDS) {
    it(`of ${name} has examples and the common options`, async (t) => {
      const { status, stdout, stderr } = await runAlone(t, [name, '--help']);
      assert.equal(status, 0);
      assert.equal(stderr, '');
      assert.ok(stdout.startsWith(`Usage: session-manager-plugin ${name} `));
      assert.match(stdout, /^ +--endpoint-url <url>/m);
      assert.match(stdout, new RegExp(`^Examples:\n  session-manager-plugin ${name}`, 'm'));
    });
  }
});

describe('a word that is none of the commands', () => {
  for (const [typed, meant] of [
    ['shel', 'shell'],
    ['strat-session', 'start-session'],
    ['sshproxy', 'ssh-proxy'],
    ['help', '--help'],
    ['help shell', 'shell --help'],
    ['--help exce', 'exec --help'],
    ['help me', '--help'],
    ['shel i-0123456789abcdef0', 'shell'],
  ] as const) {
    it(`${typed}: is an unknown operation on stdout, with what was perhaps meant on stderr`, async (t) => {
      const args = typed.split(' ');
      assert.deepEqual(await runAlone(t, args), {
        status: 1,
        stdout: `\nUnknown operation ${args[0] ?? ''}. \nUse session-manager-plugin --version to check the version.\n\n`,
        stderr: `Did you mean "session-manager-plugin ${meant}"?\n`,
      });
    });
  }

  it('is an invalid operation with more arguments, and the suggestion is the same', async (t) => {
    assert.deepEqual(await runAlone(t, ['shel', 'i-0123456789abcdef0', '--region', 'x']), {
      status: 1,
      stdout: 'Invalid Operation',
      stderr: 'Did you mean "session-manager-plugin shell"?\n',
    });
  });

  it('has no suggestion when none is near', async (t) => {
    for (const args of [['frobnicate'], ['{}', 'shell'], ['{}', 'us-east-1', 'ResumeSession']]) {
      assert.equal((await runAlone(t, args)).stderr, '');
    }
  });
});

describe('a command that is used in a wrong way', () => {
  for (const [typed, written, meant] of [
    ['shell --regoin x', '--regoin', '--region'],
    ['targets --regoin x', '--regoin', '--region'],
    ['exec --hlep', '--hlep', '--help'],
    ['sessions --terminat x', '--terminat', '--terminate'],
  ] as const) {
    it(`suggests the nearest option, and exits with 255: ${typed}`, async (t) => {
      const { status, stdout, stderr } = await runAlone(t, typed.split(' '));
      assert.deepEqual([status, stdout], [255, '']);
      const said = `error: unknown option '${written}'\n(Did you mean ${meant}?)\n`;
      assert.ok(stderr.startsWith(said), stderr);
    });
  }

  it('reports which argument is missing', async (t) => {
    const { status, stderr } = await runAlone(t, ['completion']);
    assert.equal(status, 255);
    assert.equal(stderr, "error: missing required argument 'shell'\n");
  });

  it('reports what is no URL', async (t) => {
    const { status, stderr } = await runAlone(t, ['shell', '--endpoint-url', 'localhost']);
    assert.equal(status, 255);
    assert.match(stderr, /--endpoint-url <url>.*'localhost' is invalid.*https:\/\//);
  });
});
