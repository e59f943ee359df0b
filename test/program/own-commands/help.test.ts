import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { OWN_WORDS } from '../../../src/cli/own-words.ts';
import { runAlone } from './support/own-command.ts';

describe('the help', () => {
  for (const option of ['--help', '-h']) {
    it(`of the program (${option}) names every command, and exits with 0`, async (t) => {
      const { status, stdout, stderr } = await runAlone(t, [option]);
      assert.equal(status, 0);
      assert.equal(stderr, '');
      for (const word of OWN_WORDS) {
        assert.match(stdout, new RegExp(`^  ${word}[ \\n]`, 'm'), `${word} is missing`);
      }
    });
  }

  for (const word of OWN_WORDS) {
    it(`of ${word} has examples and the common options`, async (t) => {
      const { status, stdout, stderr } = await runAlone(t, [word, '--help']);
      assert.equal(status, 0);
      assert.equal(stderr, '');
      assert.ok(stdout.startsWith(`Usage: session-manager-plugin ${word} `));
      assert.match(stdout, /^ +--endpoint-url <url>/m);
      assert.match(stdout, new RegExp(`^Examples:\n  session-manager-plugin ${word}`, 'm'));
    });
  }
});

describe('a word that is none of the commands', () => {
  for (const [typed, meant] of [
    ['shel', 'shell'],
    ['strat-session', 'start-session'],
    ['sshproxy', 'ssh-proxy'],
    ['help', '--help'],
  ]) {
    it(`${typed ?? ''}: is an unknown operation on stdout, with what was perhaps meant on stderr`, async (t) => {
      assert.deepEqual(await runAlone(t, [typed ?? '']), {
        status: 1,
        stdout: `\nUnknown operation ${typed ?? ''}. \nUse session-manager-plugin --version to check the version.\n\n`,
        stderr: `Did you mean "session-manager-plugin ${meant ?? ''}"?\n`,
      });
    });
  }

  it('has no suggestion when none is near, nor with a further argument', async (t) => {
    assert.equal((await runAlone(t, ['frobnicate'])).stderr, '');
    assert.equal((await runAlone(t, ['shel', 'i-0123456789abcdef0'])).stderr, '');
  });
});

describe('a command that is used in a wrong way', () => {
  it('suggests the nearest option, and exits with 255', async (t) => {
    assert.deepEqual(await runAlone(t, ['shell', '--regoin', 'x']), {
      status: 255,
      stdout: '',
      stderr: "error: unknown option '--regoin'\n(Did you mean --region?)\n",
    });
  });

  it('says which argument is missing', async (t) => {
    const { status, stderr } = await runAlone(t, ['completion']);
    assert.equal(status, 255);
    assert.equal(stderr, "error: missing required argument 'shell'\n");
  });

  it('says what is no URL', async (t) => {
    const { status, stderr } = await runAlone(t, ['shell', '--endpoint-url', 'localhost']);
    assert.equal(status, 255);
    assert.match(stderr, /--endpoint-url <url>.*'localhost' is invalid.*https:\/\//);
  });
});
