import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import type { TestContext } from 'node:test';
import { PayloadType } from '../../../../src/protocol/payload-type.ts';
import { createPortSession } from '../../../../src/session/port/port-session.ts';
import type { SessionType } from '../../../../src/session/session-type.ts';
import { createTestHost, type TestHost } from './local-programs.ts';
import { createMemoryLink, type MemoryLink } from './memory-link.ts';

const AGENT = '3.3.0.0';

/** A stdio session in a link in memory. */
export interface Stdio {
  readonly session: SessionType;
  readonly link: MemoryLink;
  readonly host: TestHost;
  readonly send: (bytes: string | Buffer) => void;
}

/** Starts a session; it is closed with the test. */
export function startStdio(t: TestContext, stdout?: Writable): Stdio {
  const link = createMemoryLink(AGENT);
  const host = createTestHost();
  const used = stdout === undefined ? host : { ...host, stdout };
  const session = createPortSession({ portNumber: '22' }, AGENT, link, used);
  link.session = session;
  t.after(() => session.close());
  session.start();
  return {
    session,
    link,
    host,
    send: (bytes) => assert.equal(session.receive(PayloadType.Output, Buffer.from(bytes)), true),
  };
}

/** A stdout that accepts no bytes until it is opened. */
export function blockedOutput(): Writable & { open(): void; readonly taken: Buffer[] } {
  const taken: Buffer[] = [];
  let blocked: (() => void) | undefined;
  let isOpen = false;
  const stream = new Writable({
    write(chunk: Buffer, _encoding, callback) {
      taken.push(chunk);
      if (isOpen) callback();
      else blocked = callback;
    },
  });
  const open = (): void => {
    isOpen = true;
    blocked?.();
  };
  return Object.assign(stream, { open, taken });
}
