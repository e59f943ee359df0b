import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { commandFirst } from '../../../../src/cli/invocation/command-first.ts';
import { asksForSsh } from '../../../../src/cli/process/signals/hang-up.ts';

describe('a command for SSH, which SIGHUP always ends', () => {
  for (const [line, expected] of [
    ['ssh-proxy web', true],
    ['--region eu-west-1 -q ssh-proxy web', true],
    ['start-session --target web --document-name AWS-StartSSHSession', true],
    ['start-session --target web --document-name=AWS-StartSSHSession', true],
    ['forward ssh-proxy 8080:80', false],
    ['exec web -- ssh-proxy', false],
    ['--profile ssh-proxy forward web 8080:80', false],
  ] as const) {
    it(`${expected ? 'is' : 'is not'} ${line}`, () => {
      assert.equal(asksForSsh(commandFirst(line.split(' '))), expected);
    });
  }
});
