import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { describe, it } from 'node:test';
import {
  BUFFERED_BYTES_LIMIT,
  createIncomingSequence,
} from '../../src/channel/receiving/incoming-sequence.ts';
import { MessageType } from '../../src/protocol/client-message.ts';
import { PayloadType } from '../../src/protocol/payload-type.ts';
import { runSession } from '../../src/session/session.ts';
import { joinChannel, output } from '../channel/joined-channel.ts';
import { handshake, sessionType } from './support/handshake-payloads.ts';
import { joinAgent } from './support/memory-agent.ts';
import { createScriptedHost } from './support/scripted-host.ts';
import { settle } from './connection/scripted-sockets.ts';
import { SESSION_OPTIONS } from './support/session-options.ts';

const KIB = 1024;
const MIB = 1024 * KIB;

describe('what a hostile peer has kept in memory', () => {
  it('is 16 MiB of messages whose predecessor is missing, of any length', () => {
    const sequence = createIncomingSequence(() => true);
    const payload = Buffer.alloc(MIB);
    let kept = 0;
    for (let number = 1; number <= 1000; number++) {
      if (sequence.receive(number, PayloadType.Output, payload) === 'buffered')
        kept += payload.length;
    }
    assert.equal(kept, BUFFERED_BYTES_LIMIT);
    assert.equal(sequence.receive(0, PayloadType.Output, payload), 'delivered');
    assert.equal(sequence.receive(2000, PayloadType.Output, payload), 'buffered');
  });

  it('is no more of such a message than its payload', () => {
    const delivered: Buffer[] = [];
    const sequence = createIncomingSequence((_type, payload) => delivered.push(payload) > 0);
    const frame = Buffer.alloc(MIB);
    sequence.receive(1, PayloadType.Output, frame.subarray(0, 10));
    sequence.receive(2, PayloadType.Output, frame.subarray(0, 0));
    sequence.receive(0, PayloadType.Output, Buffer.alloc(1));
    assert.deepEqual(
      delivered.slice(1).map(({ buffer }) => buffer.byteLength),
      [10, 0],
    );
  });

  it('is each unacknowledged message every 100 ms, however often the service pauses and starts', () => {
    const { channel, peer, outbox, clock } = joinChannel();
    for (let i = 0; i < 64; i++) outbox.push(output(Buffer.alloc(KIB)));
    let frames = 0;
    channel.attach({ send: () => frames++, pause: () => undefined, resume: () => undefined });
    channel.wake();
    assert.equal(frames, 64);
    for (let i = 0; i < 1000; i++) {
      peer.sendOnce({ messageType: MessageType.PausePublication });
      peer.sendOnce({ messageType: MessageType.StartPublication });
    }
    assert.equal(frames, 64);
    clock.advance(100);
    assert.equal(frames, 128);
  });

  it('is 64 KiB of texts that are not read', async () => {
    const scripted = createScriptedHost();
    const unread = new Writable({ write: () => undefined });
    const { presentation } = scripted.host;
    const host = { ...scripted.host, presentation: { ...presentation, notices: unread } };
    void runSession(SESSION_OPTIONS, host);
    await settle();
    const agent = joinAgent(scripted.sockets.last());
    agent.send(PayloadType.HandshakeRequest, handshake(sessionType('Port')));
    await settle();
    agent.send(PayloadType.HandshakeComplete, {});
    const text = 'x'.repeat(KIB - 1);
    for (let i = 0; i < 1000; i++) agent.send(PayloadType.Error, text);
    assert.equal(unread.writableLength, 65 * KIB);
    assert.equal(agent.acknowledged().at(-1), 1001);
  });
});
