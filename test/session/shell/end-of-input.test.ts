import assert from 'node:assert/strict';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { describe, it } from 'node:test';
import { PayloadType } from '../../../src/protocol/payload-type.ts';
import type { SessionLink, SessionType } from '../../../src/session/session-type.ts';
import { createShellSession } from '../../../src/session/shell/shell-session.ts';
import { createVirtualClock, type VirtualClock } from '../../support/virtual-clock.ts';
import { callerPresentation } from '../support/caller-presentation.ts';
import { createScriptedTerminal } from '../support/scripted-terminal.ts';

const SECOND = 1000;

interface Setup {
  readonly clock: VirtualClock;
  readonly stdin: PassThrough;
  readonly shell: SessionType;
  /** What was sent as keys so far. */
  sent(): string;
  /** The agent acknowledges everything. */
  acknowledge(): void;
}

/** A shell session fed from a pipe, whose link sends at once, as the channel does. */
function setUp({ acknowledgesAtOnce = true } = {}): Setup {
  const clock = createVirtualClock();
  const stdin = new PassThrough();
  let sent = '';
  let pumping = false;
  let callbacks: (() => void)[] = [];
  const acknowledge = (): void => {
    const due = callbacks;
    callbacks = [];
    for (const callback of due) callback();
  };
  const link: SessionLink = {
    sessionId: 'session',
    agentVersion: '',
    connectedSince: 0,
    receivingSince: 0,
    send: () => undefined,
    wake() {
      if (pumping) return;
      pumping = true;
      for (let message = shell.next(); message !== undefined; message = shell.next()) {
        assert.equal(message.payloadType, PayloadType.Output);
        sent += message.payload.toString();
      }
      pumping = false;
    },
    whenAcknowledged(callback) {
      callbacks.push(callback);
      if (acknowledgesAtOnce) acknowledge();
    },
    pauseReceiving: () => undefined,
    resumeReceiving: () => undefined,
    print: () => undefined,
    warn: () => undefined,
    end: () => undefined,
  };
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const shell = createShellSession(link, {
    clock,
    stdin,
    stdout,
    stderr,
    presentation: callerPresentation(stdout, stderr),
    terminal: createScriptedTerminal(false),
    input: { kind: 'keys' },
    outputFilter: undefined,
  });
  shell.start();
  return { clock, stdin, shell, sent: () => sent, acknowledge };
}

/** Ends the input and waits until the session has seen it. */
async function endInput({ stdin }: Setup, last?: string): Promise<void> {
  const ended = once(stdin, 'end');
  stdin.end(last);
  await ended;
}

describe('the end of input from a pipe', () => {
  it('is sent as Ctrl-D at once when everything is acknowledged', async () => {
    const session = setUp();
    await endInput(session);
    assert.equal(session.sent(), '\x04');
  });

  it('is sent when everything before it is acknowledged', async () => {
    const session = setUp({ acknowledgesAtOnce: false });
    await endInput(session, 'exit 3\n');
    assert.equal(session.sent(), 'exit 3\n');
    session.acknowledge();
    assert.equal(session.sent(), 'exit 3\n\x04');
  });

  it('in the middle of a line takes one Ctrl-D for the line and one for the end', async () => {
    const session = setUp();
    await endInput(session, 'exit 3');
    assert.equal(session.sent(), 'exit 3\x04\x04');
  });

  it('is sent again, a limited number of times, while the remote side sends nothing', async () => {
    const session = setUp();
    await endInput(session);
    session.clock.advance(SECOND);
    assert.equal(session.sent(), '\x04\x04');
    session.clock.advance(3600 * SECOND);
    assert.equal(session.sent(), '\x04'.repeat(7));
    assert.equal(session.clock.pending, 0);
  });

  it('finishes an unfinished line with Enter before it is sent again', async () => {
    const session = setUp();
    await endInput(session, 'sort');
    session.clock.advance(SECOND);
    assert.equal(session.sent(), 'sort\x04\x04\r\x04');
  });

  it('is not sent again while the remote side writes', async () => {
    const session = setUp();
    await endInput(session);
    for (let tenths = 0; tenths < 100; tenths++) {
      session.clock.advance(SECOND / 10);
      session.shell.receive(PayloadType.Output, Buffer.from('.'));
    }
    assert.equal(session.sent(), '\x04');
  });

  it('has no timer left when the session is closed', async () => {
    const session = setUp();
    await endInput(session);
    session.shell.close();
    assert.equal(session.clock.pending, 0);
  });

  it('is not sent again because of output that arrives while the session ends', async () => {
    const session = setUp();
    await endInput(session);
    session.shell.close();
    session.shell.receive(PayloadType.Output, Buffer.from('.'));
    assert.equal(session.clock.pending, 0);
  });
});
