import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { wrapMessage } from '../../../src/cli/output/wrap-message.ts';

describe('a message for a terminal', () => {
  it('is broken at its spaces, and only in lines that are too wide', () => {
    assert.equal(
      wrapMessage('a short line\nand another that is wide\n', 12),
      'a short line\nand another\nthat is wide\n',
    );
  });

  it('counts cells', () => {
    assert.equal(wrapMessage('東京 東京 x\n', 9), '東京 東京\nx\n');
    assert.equal(wrapMessage('東京 東京\n', 8), '東京\n東京\n');
  });

  it('keeps words and commands whole', () => {
    assert.equal(
      wrapMessage('No. Run `aws sso login`, or pass NAME.\n', 14),
      'No. Run\n`aws sso login`,\nor pass NAME.\n',
    );
    const command = '  session-manager-plugin shell i-0123456789abcdef0\n';
    assert.equal(wrapMessage(command, 14), command);
  });

  it('has the command of the help below its label where it has no room beside it', () => {
    const help = 'Help:  program run --help\n';
    assert.equal(wrapMessage(help, 25), help);
    assert.equal(wrapMessage(help, 24), 'Help:\n  program run --help\n');
    assert.equal(wrapMessage(help, 19), 'Help:\nprogram run --help\n');
  });

  it('keeps a line whole where the width is not known', () => {
    assert.equal(wrapMessage('a line\n', 0), 'a line\n');
  });
});
