import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { render } from '../support/screen.ts';
import { violationsOf, type Rule } from './support/rules.ts';

async function brokenBy(output: string, hasEnded = true): Promise<readonly Rule[]> {
  const screen = await render(output, { size: { cols: 40 }, convertEol: true });
  return violationsOf(screen, hasEnded).map(({ rule }) => rule);
}

const LONG = 'a sentence that is wider than a terminal of 40 columns';

describe('the rules of all screens', () => {
  it('allow no line that the terminal breaks', async () => {
    assert.deepEqual(await brokenBy('short\n'), []);
    assert.deepEqual(await brokenBy(`${LONG}\n`), ['whole-words']);
  });

  it('allow commands to paste, ids alone and texts that programs read to be wider', async () => {
    for (const line of [
      '  session-manager-plugin shell i-0123456789abcdef0 --region eu-central-1',
      'ecs:cluster_0123456789abcdef0123456789abcdef_0123456789abcdef',
      'Starting session with SessionId: alice-0a1b2c3d4e5f67890',
    ]) {
      assert.deepEqual(await brokenBy(`${line}\n`), [], line);
    }
  });

  it('allow no text of the program to begin within a line', async () => {
    assert.deepEqual(await brokenBy('$ Connection lost\n'), ['own-lines']);
    assert.deepEqual(await brokenBy('no line break'), ['own-lines']);
    assert.deepEqual(await brokenBy('$ ', false), []);
  });

  it('allow neither the name of an API at the start nor the code of a closed socket', async () => {
    const name = 'ssm:Start';
    assert.deepEqual(await brokenBy(`session-manager-plugin: ${name}\n`), ['plain-words']);
    // A message that is broken at its words may go on with one.
    assert.deepEqual(await brokenBy(`${name}\n`), []);
    assert.deepEqual(await brokenBy('lost (closed with code 1006)\n'), ['plain-words']);
  });
});
