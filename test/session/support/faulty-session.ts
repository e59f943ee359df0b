import { PayloadType } from '../../../src/protocol/payload-type.ts';
import { runSession } from '../../../src/session/session.ts';
import { openEarly } from '../../../src/socket/early-socket.ts';
import { settle } from '../connection/scripted-sockets.ts';
import { joinAgent } from './memory-agent.ts';
import { createScriptedHost } from './scripted-host.ts';
import { SESSION_OPTIONS } from './session-options.ts';

/**
 * A program whose session fails at output that came before it began. It prints, as JSON, the uncaught
 * exception and what became of the sockets.
 */
const { host, sockets, clock } = createScriptedHost({ interactive: true });
const { streamUrl } = SESSION_OPTIONS.session;
const openSocket = openEarly(sockets.open, { url: streamUrl, timeoutMs: 15_000 });
joinAgent(sockets.last()).send(PayloadType.Output, '$ ');
const uncaught: string[] = [];
process.on('uncaughtException', (error) => uncaught.push(error.message));
void runSession(SESSION_OPTIONS, {
  ...host,
  openSocket,
  terminal: {
    ...host.terminal,
    enterRawMode: () => {
      throw new TypeError('a fault');
    },
  },
});
await settle();
// Longer than the pause before another attempt.
clock.advance(10_000);
await settle();
const { tries } = sockets;
console.log(JSON.stringify({ uncaught, tries, ended: sockets.last().ended }));
