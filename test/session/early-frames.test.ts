import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { PayloadType } from '../../src/protocol/payload-type.ts';
import { runSession } from '../../src/session/session.ts';
import { openEarly } from '../../src/socket/early-socket.ts';
import { execFileSync } from '../support/child-process.ts';
import { settle } from './connection/scripted-sockets.ts';
import { joinAgent, type MemoryAgent } from './support/memory-agent.ts';
import { createScriptedHost, type ScriptedHost } from './support/scripted-host.ts';
import { SESSION_OPTIONS, STARTING } from './support/session-options.ts';

/** A session that begins after its socket: what the agent sends first has already arrived. */
async function startLate(
  arrives: (agent: MemoryAgent) => void,
): Promise<ScriptedHost & { readonly agent: MemoryAgent; readonly exitCode: Promise<number> }> {
  const scripted = createScriptedHost();
  const url = SESSION_OPTIONS.session.streamUrl;
  const openSocket = openEarly(scripted.sockets.open, { url, timeoutMs: 15_000 });
  const agent = joinAgent(scripted.sockets.last());
  arrives(agent);
  await settle();
  const exitCode = runSession(SESSION_OPTIONS, { ...scripted.host, openSocket });
  await settle();
  return { ...scripted, agent, exitCode };
}

describe('a session whose socket has opened before it began', () => {
  it('prints the output that came first, and keeps its socket', async () => {
    const { agent, stdout, sockets, exitCode } = await startLate((early) =>
      early.send(PayloadType.Output, '$ '),
    );
    assert.equal(stdout().toString(), `${STARTING}$ `);
    assert.equal(sockets.tries, 1);
    assert.equal(sockets.last().isPaused, false);
    agent.closeChannel();
    assert.equal(await exitCode, 0);
  });

  it('ends with the text of a channel that was closed first, and closes its socket', async () => {
    const { stdout, sockets, exitCode } = await startLate((early) =>
      early.closeChannel('Session was terminated.'),
    );
    assert.equal(await exitCode, 1);
    assert.equal(
      stdout().toString(),
      `${STARTING}\n\nSessionId: ${SESSION_OPTIONS.session.sessionId} : Session was terminated.\n\n`,
    );
    assert.equal(sockets.tries, 1);
    assert.equal(sockets.last().ended, 'destroy');
  });

  it('passes on a fault of the program at what came first, and opens no other socket', () => {
    const program = fileURLToPath(new URL('support/faulty-session.ts', import.meta.url));
    const printed = execFileSync(process.execPath, [program], {
      encoding: 'utf8',
    });
    assert.deepEqual(JSON.parse(printed), { uncaught: ['a fault'], tries: 1, ended: 'destroy' });
  });
});
