// A process under attack, whose peak of resident memory is read at the end.
// Arguments: what is done to it, and for an attack by a real gateway its URL.

import { readFileSync } from 'node:fs';
import { PassThrough, Writable } from 'node:stream';
import { systemClock } from '../../../src/lib/clock.ts';
import { runSession } from '../../../src/session/session.ts';
import { openWebSocket } from '../../../src/socket/web-socket.ts';
import { directConnection } from '../../support/direct-connection.ts';
import { createScriptedHost } from '../../session/support/scripted-host.ts';
import { SESSION_OPTIONS } from '../../session/support/session-options.ts';
import { ATTACKS } from './attacks.ts';

/** Input that is on its way and never acknowledged: a whole window. */
const INPUT_BYTES = 256 * 1024;

function reportPeak(): void {
  const status = readFileSync('/proc/self/status', 'utf8');
  const kibibytes = Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]);
  process.send?.({ kind: 'peak', bytes: kibibytes * 1024 }, () => process.exit(0));
}

/** A session on a real socket, which reports when it stops reading. */
function runOnGateway(url: string): void {
  const stdin = new PassThrough();
  const stdout = new Writable({ write: (_chunk, _encoding, done) => done() });
  const { host } = createScriptedHost({ stdout });
  void runSession(
    { ...SESSION_OPTIONS, session: { ...SESSION_OPTIONS.session, streamUrl: url } },
    {
      ...host,
      clock: systemClock,
      stdin,
      openSocket: (request, events) =>
        openWebSocket(
          { ...request, headers: {}, createConnection: directConnection, clock: systemClock },
          {
            ...events,
            readingChanged(isReading) {
              events.readingChanged(isReading);
              if (!isReading) process.send?.({ kind: 'not-reading' });
            },
          },
        ),
    },
  );
  stdin.write(Buffer.alloc(INPUT_BYTES, 'x'));
  process.on('message', reportPeak);
}

const [, , attack = '', gateway] = process.argv;
if (gateway === undefined) {
  await ATTACKS.get(attack)?.();
  reportPeak();
} else {
  runOnGateway(gateway);
}
