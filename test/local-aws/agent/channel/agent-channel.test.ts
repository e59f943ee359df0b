import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { createDeferred } from '../../../../src/lib/deferred.ts';
import { acknowledgementOf } from '../../../../src/protocol/acknowledgement.ts';
import {
  decodeClientMessage,
  encodeClientMessage,
  MessageType,
  type ClientMessage,
} from '../../../../src/protocol/client-message.ts';
import { PayloadType } from '../../../../src/protocol/payload-type.ts';
import { createVirtualClock, type VirtualClock } from '../../../support/virtual-clock.ts';
import { publicationFrame } from '../../gateway/service-messages.ts';
import { newSessionRecord, type SessionRecord } from '../../session/session-record.ts';
import { createAgentChannel, type AgentChannel } from './agent-channel.ts';

const ID = Buffer.alloc(16, 1);

function inputFrame(sequenceNumber: number): Buffer {
  return encodeClientMessage({
    messageType: MessageType.InputStreamData,
    sequenceNumber,
    flags: 0,
    messageId: ID,
    createdDate: 1,
    payloadType: PayloadType.Output,
    payload: Buffer.from(String(sequenceNumber)),
  });
}

describe("the agent's end of the data channel", () => {
  let clock: VirtualClock;
  let record: SessionRecord;
  let sent: ClientMessage[];
  let processed: string[];
  let isReady: boolean;
  let taken: Promise<void> | undefined;
  let congested: boolean;
  let writableCalls: number;
  let reading: boolean[];
  let channel: AgentChannel;

  beforeEach(() => {
    clock = createVirtualClock();
    record = newSessionRecord();
    sent = [];
    processed = [];
    isReady = true;
    taken = undefined;
    congested = false;
    writableCalls = 0;
    reading = [];
    channel = createAgentChannel({
      clock,
      record,
      changed: () => undefined,
      resendInterval: 100,
      incomingCapacity: 3,
      outgoingCapacity: 2,
      link: {
        send: (frame) => sent.push(decodeClientMessage(frame)),
        get congested() {
          return congested;
        },
        pauseReceiving: () => reading.push(false),
        resumeReceiving: () => reading.push(true),
        sessionState: () => undefined,
      },
      events: {
        message(_payloadType, payload) {
          if (isReady) processed.push(payload.toString());
          return taken ?? isReady;
        },
        writable: () => writableCalls++,
        resendLimit: () => undefined,
      },
    });
  });

  const acknowledged = (): number[] =>
    sent
      .filter((message) => message.messageType === MessageType.Acknowledge)
      .map((message) => {
        const content = JSON.parse(message.payload.toString()) as Record<string, number>;
        return content['AcknowledgedMessageSequenceNumber'] ?? -1;
      });
  const acknowledge = (message: ClientMessage | undefined): void => {
    assert.ok(message);
    channel.receive(encodeClientMessage(acknowledgementOf(message, ID, 1)));
  };

  it('processes in order and acknowledges each, those ahead of their turn too', () => {
    for (const number of [0, 2, 3, 1]) channel.receive(inputFrame(number));
    assert.deepEqual(processed, ['0', '1', '2', '3']);
    assert.deepEqual(acknowledged(), [0, 2, 3, 1]);
  });

  it('acknowledges repeated messages again, processed or kept', () => {
    for (const number of [0, 0, 2, 2]) channel.receive(inputFrame(number));
    assert.deepEqual(processed, ['0']);
    assert.deepEqual(acknowledged(), [0, 0, 2, 2]);
    assert.equal(record.receivedAgain, 2);
  });

  it('drops silently what is ahead when there is no room', () => {
    for (const number of [1, 2, 3, 4]) channel.receive(inputFrame(number));
    assert.deepEqual(acknowledged(), [1, 2, 3]);
    channel.receive(inputFrame(0));
    assert.deepEqual(processed, ['0', '1', '2', '3']);
  });

  it('neither acknowledges nor counts what nothing is ready for', () => {
    isReady = false;
    channel.receive(inputFrame(0));
    channel.receive(inputFrame(1));
    assert.deepEqual(acknowledged(), [1]);
    isReady = true;
    channel.ready();
    assert.deepEqual(processed, []);
    channel.receive(inputFrame(0));
    assert.deepEqual(processed, ['0', '1']);
    assert.deepEqual(acknowledged(), [1, 0]);
  });

  it('delivers buffered messages as soon as a consumer is ready', () => {
    channel.receive(inputFrame(1));
    channel.receive(inputFrame(0));
    isReady = false;
    channel.receive(inputFrame(3));
    channel.receive(inputFrame(2));
    isReady = true;
    channel.receive(inputFrame(2));
    assert.deepEqual(processed, ['0', '1', '2', '3']);
  });

  it('numbers from 0 and marks the first message as the beginning of the stream', () => {
    channel.receive(publicationFrame(MessageType.StartPublication));
    channel.send(PayloadType.Output, Buffer.from('a'));
    channel.send(PayloadType.StdErr, Buffer.from('b'));
    assert.deepEqual(
      sent.map(({ sequenceNumber, flags, payloadType }) => ({
        sequenceNumber,
        flags,
        payloadType,
      })),
      [
        { sequenceNumber: 0, flags: 1, payloadType: PayloadType.Output },
        { sequenceNumber: 1, flags: 0, payloadType: PayloadType.StdErr },
      ],
    );
  });

  it('sends nothing before the client is connected, and starts on its first message', () => {
    channel.send(PayloadType.Output, Buffer.from('a'));
    assert.equal(sent.length, 0);
    channel.receive(inputFrame(0));
    assert.equal(sent[0]?.messageType, MessageType.OutputStreamData);
    channel.receive(publicationFrame(MessageType.PausePublication));
    channel.send(PayloadType.Output, Buffer.from('b'));
    clock.advance(10_000);
    assert.equal(record.resent, 0);
    assert.equal(sent.length, 2);
  });

  it('looks after its oldest message every 100 ms', () => {
    channel.receive(publicationFrame(MessageType.StartPublication));
    channel.send(PayloadType.Output, Buffer.from('a'));
    channel.send(PayloadType.Output, Buffer.from('b'));
    clock.advance(350);
    assert.deepEqual(
      sent.map((message) => message.sequenceNumber),
      [0, 1, 0],
    );
  });

  it('lets sources wait while the client is slow or away', () => {
    assert.equal(channel.writable, false);
    channel.receive(publicationFrame(MessageType.StartPublication));
    assert.equal(writableCalls, 1);
    for (const text of ['a', 'b', 'c']) channel.send(PayloadType.Output, Buffer.from(text));
    assert.equal(channel.writable, true);
    congested = true;
    assert.equal(channel.writable, false);
    assert.ok(channel.active);
    congested = false;
    channel.drained();
    assert.equal(writableCalls, 2);
    channel.receive(publicationFrame(MessageType.PausePublication));
    assert.equal(channel.active, false);
    assert.equal(channel.writable, false);
  });

  // The agent writes to a terminal in the place where it reads (`InputStreamMessageHandler` of its shell.go).
  it('acknowledges and looks at nothing while a message is being taken', async () => {
    const taking = createDeferred<undefined>();
    channel.receive(publicationFrame(MessageType.StartPublication));
    channel.send(PayloadType.Output, Buffer.from('output'));
    taken = taking.promise;
    channel.receive(inputFrame(0));
    taken = undefined;
    channel.receive(inputFrame(1));
    acknowledge(sent[0]);
    channel.receive(publicationFrame(MessageType.PausePublication));
    assert.deepEqual([processed, acknowledged(), record.acknowledged], [['0'], [], 0]);
    assert.deepEqual(reading, [false]);
    taking.resolve(undefined);
    await taking.promise;
    await Promise.resolve();
    assert.deepEqual([processed, acknowledged(), record.acknowledged], [['0', '1'], [0, 1], 1]);
    assert.deepEqual(reading, [false, true]);
    assert.equal(channel.active, false);
  });

  it('reports when everything has been acknowledged', () => {
    let calls = 0;
    channel.receive(publicationFrame(MessageType.StartPublication));
    channel.send(PayloadType.Output, Buffer.from('a'));
    channel.whenAcknowledged(() => calls++);
    assert.equal(calls, 0);
    acknowledge(sent[0]);
    acknowledge(sent[0]);
    assert.equal(calls, 1);
  });

  it('counts and drops what breaks the protocol', () => {
    for (const length of [0, 3, 119, 500]) channel.receive(Buffer.alloc(length));
    const changed = inputFrame(0);
    changed[120] = 0;
    channel.receive(changed);
    assert.equal(record.invalid, 5);
    assert.deepEqual(processed, []);
    channel.receive(inputFrame(0));
    assert.deepEqual(processed, ['0']);
  });
});
