import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { describe, it } from 'node:test';
import { createRemote } from '../../../src/cli/remote/remote.ts';
import { startInputSession } from '../../../src/commands/exec/input/input-session.ts';
import { startLocalRemote } from '../../cli/remote/support/local-remote.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

describe('the session that carries the input of a command', () => {
  it('has a FIFO whose name has the randomness that it gets', async (t) => {
    const directory = temporaryDirectory(t);
    const { remote } = await startLocalRemote(t, { agent: { environment: { TMPDIR: directory } } });
    const random = { ...remote.context.random, fill: (buffer: Buffer) => void buffer.fill(0xa7) };
    const session = await startInputSession(
      createRemote({ ...remote, context: { ...remote.context, random } }),
      new PassThrough(),
    );
    assert.equal(session?.fifo, `${directory}/session-manager-plugin-${'a7'.repeat(16)}/input`);
    await session.stop();
  });
});
