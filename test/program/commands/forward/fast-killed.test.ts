import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { describe, it } from 'node:test';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { connectLocally, readExactly } from '../../port/support/local-program.ts';
import { startService } from '../../port/support/target-service.ts';
import { TARGET } from '../../support/target.ts';
import { untilEvent } from '../support/forwarding.ts';
import { startCommand, startCommandTarget } from '../support/run-command.ts';

describe('forward --fast that is killed', { timeout: 180_000 }, () => {
  it('leaves nothing on the target: the relay ends itself when it receives nothing', async (t) => {
    const echo = await startService(t, (socket) => socket.pipe(socket));
    const temporary = temporaryDirectory(t);
    const target = await startCommandTarget(t, {
      sessions: { agent: { environment: { TMPDIR: temporary } } },
    });
    const program = startCommand(t, target, [
      ...['forward', TARGET, '--json', '--fast', `0:${echo.port}`],
    ]);
    const { local } = await untilEvent(program, 'listening');
    const socket = await connectLocally(t, { port: local.port, host: '127.0.0.1' });
    socket.write('a');
    await readExactly(socket, 1);
    program.kill('SIGKILL');
    await program.end();
    const [connection] = echo.connections;
    await new Promise((resolve) => connection?.once('close', resolve));
    await Promise.all(
      target.aws.sessions.map((session) =>
        session.until('its processes to end', ({ record }) => record.childProcesses === 0),
      ),
    );
    assert.deepEqual(readdirSync(temporary), []);
  });
});
