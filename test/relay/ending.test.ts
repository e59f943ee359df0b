import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { describe, it } from 'node:test';
import { createDeferred } from '../../src/lib/deferred.ts';
import {
  endFrame,
  helloFrame,
  openFrame,
  windowFrame,
} from '../../src/relay/protocol/write-frames.ts';
import { needs } from '../support/require-tools.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { DASH } from '../support/tools.ts';
import { openCollected } from './support/collected-stream.ts';
import { tcpDestination } from './support/destinations.ts';
import { RELAY_LANGUAGES, RELAY_SHELLS, startRelay } from './support/relay-process.ts';

const UNIX_STREAM = { kind: 'unix', address: '/no/such/socket', port: 0 } as const;
const LISTENER = { kind: 'listener', address: '127.0.0.1', port: 0 } as const;

/** What a client must not send after its HELLO. */
const WRONG: readonly (readonly [string, Buffer])[] = [
  ['an unknown type', Buffer.from([99, 0, 0, 0, 0, 0, 0, 1])],
  ['flags', Buffer.from([9, 1, 0, 0, 0, 0, 0, 0])],
  ['a frame that is too long', Buffer.from([5, 0, 0xff, 0xff, 0, 0, 0, 1])],
  ['an id of the relay', openFrame(2, 1000, UNIX_STREAM)],
  ['an id out of order', openFrame(5, 1000, UNIX_STREAM)],
  ['a stream that was never opened', endFrame(7)],
  ['a second HELLO', helloFrame(Buffer.alloc(16), 1000)],
  ['an end of a listener', Buffer.concat([openFrame(1, 1000, LISTENER), endFrame(1)])],
  [
    'a window that is too large',
    Buffer.concat([openFrame(1, 262_144, LISTENER), windowFrame(1, 0xffff_ffff)]),
  ],
  [
    'more than the early window',
    Buffer.concat([
      openFrame(1, 1000, { ...UNIX_STREAM, kind: 'tcp', address: '192.0.2.1', port: 9 }),
      Buffer.from([5, 0, 0x20, 0, 0, 0, 0, 1]),
      Buffer.alloc(0x2000),
    ]),
  ],
];

for (const language of RELAY_LANGUAGES) {
  for (const shell of RELAY_SHELLS) {
    describe(
      `the end of the relay in ${language.name}, by ${shell.name}`,
      needs(shell.tool, language.tool),
      () => {
        it('comes with the end of its input, and closes its connections', async (t) => {
          const { tunnel, input, ended, directory } = await startRelay(t, language, shell);
          const closed = createDeferred<undefined>();
          const destination = await tcpDestination(t, (socket) =>
            socket.resume().on('end', () => closed.resolve(undefined)),
          );
          await openCollected(tunnel, destination).opened;
          input.stdin?.end();
          await Promise.all([ended, closed.promise]);
          assert.deepEqual(readdirSync(directory), []);
        });

        it('comes with the death of the script that feeds it', async (t) => {
          const { ready, input, ended } = await startRelay(t, language, shell);
          await ready;
          input.kill('SIGHUP');
          await ended;
        });

        it('comes with the death of its shell, and ends the other session', async (t) => {
          const { ready, output, ended } = await startRelay(t, language, shell);
          await ready;
          output.kill('SIGKILL');
          await ended;
        });

        it('comes with the end of its input by sudo, which closes all other files', async (t) => {
          const sudo = temporaryDirectory(t);
          // As sudo's `closefrom` does (sudoers(5)).
          const script = '#!/bin/sh\necho "$1 $2 $3" >"$0.log"\nshift 3\nexec "$@" 3>&- 4>&-\n';
          writeFileSync(join(sudo, 'sudo'), script, { mode: 0o755 });
          const { input, ready, ended } = await startRelay(t, language, shell, {
            user: "o'user",
            changed: (command) => `PATH=${sudo}:$PATH\n${command}`,
          });
          assert.match(await ready, new RegExp(`^${language.name} `));
          assert.equal(readFileSync(join(sudo, 'sudo.log'), 'utf8'), "-n -u o'user\n");
          input.stdin?.end();
          await ended;
        });

        it('ends both sessions when it is killed', async (t) => {
          const relay = await startRelay(t, language, shell);
          await relay.ready;
          process.kill(relay.relayProcess(), 'SIGKILL');
          await relay.ended;
        });

        it('comes when nothing reads its output any more', async (t) => {
          const { ready, output, ended } = await startRelay(t, language, shell);
          await ready;
          output.stdout?.destroy();
          await ended;
        });
      },
    );
  }

  describe(
    `what the relay in ${language.name} must not receive`,
    needs(DASH, language.tool),
    () => {
      for (const [name, bytes] of WRONG) {
        it(`${name} ends it, with a reason`, async (t) => {
          const relay = await startRelay(t, language);
          await relay.ready;
          relay.sendRaw(bytes);
          assert.match((await relay.failed).message, /the relay has ended: protocol/);
          await relay.ended;
        });
      }
    },
  );
}
