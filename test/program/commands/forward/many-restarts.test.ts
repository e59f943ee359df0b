import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { describe, it } from 'node:test';
import { connectLocally, readToEnd } from '../../port/support/local-program.ts';
import { TARGET } from '../../support/target.ts';
import { startNamed, untilEvent } from '../support/forwarding.ts';
import { startCommand, startCommandTarget } from '../support/run-command.ts';

/** As many as a tunnel has in months. */
const RESTARTS = 1000;
/** Sessions after which everything that is loaded once, or kept for reuse, is open. */
const WARM_UP = 20;
/** A call of AWS may keep its connection for the next one, or not. */
const DIFFERENCE = 4;

/** MiB: without a session, the heap has some 25. If each left 15 KiB, the program would end with a fatal error. */
const SMALL_HEAP = '--max-old-space-size=40';

const CLOSED = '"event":"disconnected"';

function countOf(text: string, part: string): number {
  return text.split(part).length - 1;
}

describe('forward, after many sessions', { timeout: 600_000 }, () => {
  it(
    'keeps no memory, descriptor, listener or session of those that have ended',
    { skip: process.platform !== 'linux' && 'needs /proc' },
    async (t) => {
      const service = await startNamed(t, 'hello');
      const target = await startCommandTarget(t);
      const program = startCommand(
        t,
        target,
        [...['forward', TARGET, '--json', '--on-demand', `0:${service.port}`]],
        { env: { NODE_OPTIONS: SMALL_HEAP } },
      );
      const { local } = await untilEvent(program, 'listening');
      const descriptors = (): number => readdirSync(`/proc/${program.pid}/fd`).length;
      let atFirst = 0;
      for (let restarts = 0; restarts < RESTARTS; restarts++) {
        if (restarts === WARM_UP) atFirst = descriptors();
        // A session with connections that ends at once is followed by a pause.
        const socket = await connectLocally(t, { port: local.port, host: '127.0.0.1' });
        assert.equal((await readToEnd(socket)).toString(), 'hello');
        socket.destroy();
        await program.stdout.until('its end', (text) => countOf(text, CLOSED) === restarts + 1);
        const session = target.aws.sessions.at(-1);
        session?.terminate();
        await session?.closed;
      }
      assert.equal(target.aws.sessions.length, RESTARTS);
      assert.ok(descriptors() <= atFirst + DIFFERENCE, `${atFirst} became ${descriptors()}`);
      assert.equal(program.stderr.text, '', 'Node.js warns of too many listeners');
      program.kill('SIGINT');
      assert.deepEqual(await program.end(), { status: 0, signal: null });
      assert.ok(target.aws.sessions.every(({ end }) => end !== undefined));
    },
  );
});
