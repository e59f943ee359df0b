import assert from 'node:assert/strict';
import { FORGED, type FuzzAgent } from './agent/agent.ts';
import { SECRET, type SessionPlan } from './plan.ts';
import { PAYLOAD_MARK } from './agent/traffic.ts';
import type { World } from './world/world.ts';

const MIB = 1024 * 1024;
/**
 * Bytes that wait in one stream for its reader, or in all local connections: 1 MiB is where reading
 * from the service stops, and what a flood has under way comes on top.
 */
const UNREAD_LIMIT = 2.5 * MIB;
/** Bytes of keys or one local program that were read and have not arrived: two queues and a window. */
const UNSENT_LIMIT = MIB / 2;
/** The same for each further connection. */
const UNSENT_CONNECTION_LIMIT = MIB / 8;
/** Bytes that a socket holds for a gateway that does not read: half of it stops the reading. */
const UNSENT_FRAMES_LIMIT = MIB;
const EARLY_LIMIT = 16 * MIB;
/** Nothing of a text of the program moves a cursor or changes the direction of writing. */
const CONTROL = /(?![\n\t])[\p{Cc}\p{Bidi_Control}]/u;

/** What must hold at every moment. */
export function checkMemory(world: World, agent: FuzzAgent): void {
  for (const { stream } of world.outputs) {
    assert.ok(
      stream.writableLength <= UNREAD_LIMIT,
      `${stream.writableLength} bytes of output wait`,
    );
  }
  const unsentFrames = world.gateway.current?.unsent() ?? 0;
  assert.ok(unsentFrames <= UNSENT_FRAMES_LIMIT, `${unsentFrames} bytes wait in the socket`);
  const connections = world.network.open();
  const undelivered = connections.reduce((sum, socket) => sum + socket.writableLength, 0);
  assert.ok(undelivered <= UNREAD_LIMIT, `${undelivered} bytes wait for local programs`);
  const sending = connections.filter((socket) => !socket.isEnded && !socket.writableEnded);
  const taken = sending.reduce((sum, { feed }) => sum + feed.taken, world.stdin.feed.taken);
  const unsent = taken - agent.received;
  const limit = UNSENT_LIMIT + sending.length * UNSENT_CONNECTION_LIMIT;
  assert.ok(unsent <= limit, `${unsent} bytes were read and have not arrived`);
}

/** Whatever the agent offers, nothing of this machine is opened to it that was not asked for. */
export function checkKind({ options }: SessionPlan, world: World): void {
  const { kind } = options.requested;
  const isStdinRead = world.stdin.stream.listenerCount('data') > 0;
  if (kind === 'shell' || kind === 'stdio') {
    assert.equal(world.network.listening(), 0, 'a listener was not asked for');
  }
  if (kind === 'forwarding') assert.ok(!isStdinRead, 'a reader of stdin was not asked for');
  if (kind === 'stdio') assert.ok(!world.terminal.isRaw, 'raw mode was not asked for');
}

/** @param taken - bytes that were acknowledged while a message before them was missing */
export function checkHole(taken: number): void {
  assert.ok(taken <= EARLY_LIMIT, `${taken} bytes of early messages are kept`);
}

/** What must hold for the user's terminal, however a session has ended. */
export function checkTerminal({ terminal }: World): void {
  assert.equal(terminal.isRaw, false, 'the terminal is in raw mode');
  assert.equal(terminal.modes.undo(), '', 'modes of the terminal are left');
}

/** What must hold once a session has ended. */
export function checkEnd(world: World, status: number | undefined): void {
  const { stream: stdin } = world.stdin;
  assert.ok(status !== undefined, 'the session does not end');
  assert.ok(Number.isInteger(status), `exit status ${status}`);
  checkTerminal(world);
  assert.equal(world.terminal.resizeListeners, 0, 'a listener to the size is left');
  assert.equal(world.timers(), 0, 'timers are left');
  assert.equal(world.gateway.unclosed(), 0, 'sockets are left');
  assert.equal(world.network.listening(), 0, 'listeners are left');
  assert.equal(world.network.open().length, 0, 'local connections are left');
  assert.equal(world.handlers(), 0, 'handlers of signals are left');
  for (const event of ['data', 'end', 'close', 'readable']) {
    assert.equal(stdin.listenerCount(event), 0, `a listener to ${event} of stdin is left`);
  }
  for (const { stream } of world.outputs) {
    for (const event of ['drain', 'close', 'finish']) {
      assert.equal(stream.listenerCount(event), 0, `a listener to ${event} of an output is left`);
    }
  }
  checkTexts(world);
}

function checkTexts(world: World): void {
  const log = world.logged.join('\n');
  assert.ok(!log.includes(PAYLOAD_MARK), 'the log holds a payload');
  for (const text of [log, ...world.outputs.map((output) => output.start())]) {
    assert.ok(!text.includes(SECRET), 'a secret is shown');
    assert.ok(!text.includes(FORGED), 'output that is not sealed is shown');
  }
  for (const text of world.outputs.flatMap((output) => output.texts)) {
    assert.doesNotMatch(text, CONTROL);
  }
}
