import { symlinkSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { RemoteEnd } from '../../../../../src/cli/remote/remote.ts';
import {
  receiverScript,
  type ReceiverTools,
} from '../../../../../src/commands/cp/up/target/receiver.ts';
import type { UploadHost } from '../../../../../src/commands/cp/up/run-upload.ts';
import { systemClock } from '../../../../../src/lib/clock.ts';
import { createDeferred } from '../../../../../src/lib/deferred.ts';
import { START_DIRECTORY } from '../../../../local-aws/agent/programs/command-environment.ts';
import { startPtyProcess } from '../../../../local-aws/agent/programs/pty/pty-process.ts';

/** The shell and the tools of a target. */
export interface TargetKind {
  readonly name: string;
  readonly shell: readonly string[];
  /** Programs that BusyBox stands for; all others are those of this machine. */
  readonly busybox: readonly string[];
}

/** The umask of the session user: not that of the test. */
export const TARGET_UMASK = 0o027;
/** What a session prints when its terminal is raw. The receiver runs in a child of its first process. */
const READY = 'READY\n';

const BUSYBOX_TOOLS = 'dd stty mkdir mv cp rm rmdir ls id touch chmod chown cat cut tr od wc cksum';
const BUSYBOX_HASH = 'sha256sum readlink tar mkfifo head printf sleep';

/** Debian, Amazon Linux and Alpine: dash and bash with GNU's tools, and BusyBox alone. */
export const TARGET_KINDS: readonly TargetKind[] = [
  { name: 'dash', shell: ['dash'], busybox: [] },
  { name: 'bash', shell: ['bash', '--posix'], busybox: [] },
  {
    name: 'BusyBox',
    shell: ['busybox', 'sh'],
    busybox: `${BUSYBOX_TOOLS} ${BUSYBOX_HASH}`.split(' '),
  },
];

/** A session that a test can cut. */
export interface LocalSession {
  /** The service has ended it. */
  cut(): void;
}

/** The machine of the test as a target: each session is a shell in a terminal of its own. */
export interface LocalTarget extends UploadHost {
  name: string;
  /** All sessions so far. */
  readonly sessions: readonly LocalSession[];
  /** Sessions that have not ended. */
  running(): number;
  /** Called with bytes that a session is about to send. */
  onInput: (session: LocalSession, bytes: Buffer) => void;
}

/** How a target differs from others of its kind. */
export interface TargetDifferences {
  /** Whether the receiver is run by sudo. */
  readonly sudo?: boolean;
  /** Scripts of sh that replace programs, by name. */
  readonly programs?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly tools?: Partial<ReceiverTools>;
}

/** @param home - the home directory of the session user, in which the tools are put, too */
export async function createLocalTarget(
  kind: TargetKind,
  home: string,
  { sudo = false, programs = {}, environment = {}, tools: ownTools = {} }: TargetDifferences = {},
): Promise<LocalTarget> {
  const tools = join(home, '.tools');
  await mkdir(tools, { recursive: true });
  for (const tool of kind.busybox) {
    if (programs[tool] === undefined) symlinkSync('/usr/bin/busybox', join(tools, tool));
  }
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(tools, name), `#!/bin/sh\n${script}`, { mode: 0o755 });
  }
  const receiver = receiverScript({
    sudo,
    tools: { sha256: 'sha256sum', readsFullBlocks: true, ...ownTools },
  });
  const sessions: LocalSession[] = [];
  let running = 0;
  const target: LocalTarget = {
    clock: systemClock,
    name: '0a1b2c',
    canHash: true,
    freeSent: () => undefined,
    sessions,
    running: () => running,
    onInput: () => undefined,
    start: (signal) => (streams) => {
      const ended = createDeferred<RemoteEnd>();
      const ready = createDeferred<undefined>();
      let how: RemoteEnd = { kind: 'exited', status: 0 };
      let seen = '';
      let isReady = false;
      let isOpen = true;
      running++;
      const script = `umask ${TARGET_UMASK.toString(8)}; stty raw -echo; echo READY; (${receiver}); :`;
      const shell = startPtyProcess(
        [...kind.shell, '-c', script],
        {
          shell: '',
          directory: START_DIRECTORY,
          environment: {
            PATH: `${tools}:${process.env['PATH'] ?? ''}`,
            HOME: home,
            ...environment,
          },
        },
        {
          output(bytes) {
            if (isReady) {
              streams.output.write(bytes);
              return;
            }
            seen += bytes.toString('latin1');
            const at = seen.indexOf(READY);
            if (at === -1) return;
            isReady = true;
            streams.output.write(Buffer.from(seen.slice(at + READY.length), 'latin1'));
            ready.resolve(undefined);
          },
          ended() {
            running--;
            isOpen = false;
            ready.resolve(undefined);
            streams.output.end(() => ended.resolve(how));
          },
        },
      );
      const end = (kindOfEnd: RemoteEnd): void => {
        how = kindOfEnd;
        // What still runs there 1 s later would outlive the test.
        void shell.terminate().then(() => shell.close());
      };
      const session: LocalSession = {
        cut: () => end({ kind: 'lost', error: new Error('cut') }),
      };
      sessions.push(session);
      streams.input.on('data', (bytes: Buffer) => {
        target.onInput(session, bytes);
        const room = shell.write(bytes);
        if (room === undefined) return;
        streams.input.pause();
        void room.then(() => streams.input.resume());
      });
      const stop = (): Promise<void> => {
        end({ kind: 'stopped' });
        return ended.promise.then(() => undefined);
      };
      if (signal.aborted) void stop();
      signal.addEventListener('abort', () => void stop(), { once: true });
      return ready.promise.then(() => ({
        ended: ended.promise,
        get connectedSince() {
          return isOpen ? 0 : undefined;
        },
        stop,
      }));
    },
  };
  return target;
}
