import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PayloadType } from '../../../src/protocol/payload-type.ts';
import { joinSession } from '../support/joined-session.ts';
import { settle } from '../connection/scripted-sockets.ts';
import { STARTING } from '../support/session-options.ts';

describe('a session, with its streams and keys', () => {
  it('forwards signals as keys', async () => {
    const { agent, signal } = await joinSession({ interactive: true });
    agent.send(PayloadType.Output, '$ ');
    signal('SIGINT');
    signal('SIGQUIT');
    signal('SIGTSTP');
    assert.equal(agent.typed(), '\x03\x1c\x1a');
  });

  it('stops reading the service while stdout is full, and goes on when it drains', async () => {
    const { agent, sockets, stdout, clock } = await joinSession();
    agent.send(PayloadType.Output, '$ ');
    await settle();
    const socket = sockets.last();
    for (let i = 0; i < 64; i++) agent.send(PayloadType.Output, Buffer.alloc(1024, 'x'));
    // Bulk data is processed together.
    clock.advance(10);
    assert.equal(socket.isPaused, true);
    await settle();
    await settle();
    assert.equal(socket.isPaused, false);
    assert.equal(stdout().length, STARTING.length + 2 + 64 * 1024);
  });

  it('sends the end of piped input as Ctrl-D once the rest is acknowledged', async () => {
    const { agent, stdin } = await joinSession();
    agent.send(PayloadType.Output, '$ ');
    stdin.end('exit 3\n');
    await settle();
    await settle();
    assert.equal(agent.typed(), 'exit 3\n\x04');
  });

  it('finishes an unfinished line of a remote side that stays silent after its end', async () => {
    const { agent, stdin, clock } = await joinSession();
    agent.send(PayloadType.Output, '$ ');
    stdin.end('exit 3');
    await settle();
    await settle();
    assert.equal(agent.typed(), 'exit 3\x04\x04');
    clock.advance(1_000);
    assert.equal(agent.typed(), 'exit 3\x04\x04\r\x04');
  });
});
