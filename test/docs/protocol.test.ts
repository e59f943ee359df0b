import { testFailure } from '../support/test-failure.ts';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { messages } from '../../src/cli/invocation/messages.ts';
import { encodeClientMessage, MessageType } from '../../src/protocol/client-message.ts';
import { Flag } from '../../src/protocol/flag.ts';
import { PayloadType } from '../../src/protocol/payload-type.ts';
import { SmuxCommand } from '../../src/protocol/smux/smux-frame.ts';
import type { ListeningOn } from '../../src/session/port/listen/bind.ts';
import {
  DESTINATION_FAILED_TEXT,
  TERMINATE_SIGNAL_TEXT,
} from '../../src/session/port/port-texts.ts';
import { texts } from '../../src/session/texts/caller-texts.ts';
import { codeSpans, readDocument, tableRows } from './support/markdown.ts';

const DOCUMENT = 'docs/design/protocol.md';

/** The document's names are those of the public sources; two are spelled out in the code. */
const PUBLIC_NAMES: Readonly<Record<string, string>> = {
  EncryptionChallengeRequest: 'EncChallengeRequest',
  EncryptionChallengeResponse: 'EncChallengeResponse',
};
const SMUX_NAMES: Readonly<Record<string, string>> = {
  Syn: 'SYN',
  Fin: 'FIN',
  Push: 'PSH',
  Nop: 'NOP',
};

describe(DOCUMENT, () => {
  it('has the fields of a frame at the offsets where the program writes them', () => {
    const payload = Buffer.from('payload');
    const messageId = Buffer.from(Array.from({ length: 16 }, (_, at) => at));
    const frame = encodeClientMessage({
      messageType: MessageType.InputStreamData,
      sequenceNumber: 5,
      flags: 3,
      messageId,
      createdDate: 7,
      payloadType: PayloadType.Flag,
      payload,
    });
    const fields = Object.fromEntries(
      rowsOf('frames').map(([offset, bytes, field = '']) => {
        const begin = Number(offset);
        return [field, frame.subarray(begin, bytes === 'n' ? undefined : begin + Number(bytes))];
      }),
    );
    const integer = (value: number, bytes: number): Buffer => {
      const field = Buffer.alloc(bytes);
      field.writeUInt32BE(value, bytes - 4);
      return field;
    };
    assert.deepEqual(fields, {
      HeaderLength: integer(116, 4),
      MessageType: Buffer.from(MessageType.InputStreamData.padEnd(32)),
      SchemaVersion: integer(1, 4),
      CreatedDate: integer(7, 8),
      SequenceNumber: integer(5, 8),
      Flags: integer(3, 8),
      MessageId: messageId,
      PayloadDigest: createHash('sha256').update(payload).digest(),
      PayloadType: integer(PayloadType.Flag, 4),
      PayloadLength: integer(payload.length, 4),
      Payload: payload,
    });
  });

  it('has the types of messages', () => {
    const names = rowsOf('message-types').map(([name = '']) => codeSpans(name)[0]);
    assert.deepEqual(names.sort(), Object.values(MessageType).sort());
  });

  it('has the types of payloads', () => {
    assert.deepEqual(numbered('payload-types'), renamed(PayloadType, PUBLIC_NAMES));
  });

  it('has the flags', () => assert.deepEqual(numbered('flags'), renamed(Flag, {})));

  it('has the commands of smux', () => {
    assert.deepEqual(numbered('smux'), renamed(SmuxCommand, SMUX_NAMES));
  });

  it('has the texts that other programs read, byte for byte', () => {
    const PORT = 8080;
    const opened = (on: ListeningOn): string =>
      texts.portOpened(on, '<id>').replace(String(PORT), '<n>');
    assert.deepEqual(
      rowsOf('texts').map(([, cell = '']) => codeSpans(cell).join('').replaceAll('\\n', '\n')),
      [
        messages.installed,
        texts.starting('<id>'),
        opened({ kind: 'tcp', port: PORT, addresses: [] }),
        opened({ kind: 'unix', path: '<path>' }),
        texts.connectionAccepted('multiplexed', '<id>'),
        texts.connectionAccepted('basic', '<id>'),
        DESTINATION_FAILED_TEXT,
        TERMINATE_SIGNAL_TEXT + texts.exiting('<id>'),
        texts.exiting('<id>'),
        texts.closedWithOutput('<id>', '<Output>'),
        texts.timedOut('<id>'),
        texts.cannotStart(testFailure('session', '<reason>')),
        messages.unknownOperation('<x>'),
        messages.invalidOperation,
      ],
    );
  });
});

function rowsOf(anchor: string): readonly (readonly string[])[] {
  const section = readDocument(DOCUMENT).sections.find((section) => section.anchor === anchor);
  assert.ok(section !== undefined, `${DOCUMENT} has no section ${anchor}`);
  return tableRows(section);
}

/** Rows of a number and a name. */
function numbered(anchor: string): Record<string, number> {
  return Object.fromEntries(
    rowsOf(anchor)
      .filter(([, name = '']) => /^[A-Z]/.test(name))
      .map(([number, name = '']) => [name, Number(number)]),
  );
}

function renamed(
  numbers: Readonly<Record<string, number>>,
  names: Readonly<Record<string, string>>,
): Record<string, number> {
  return Object.fromEntries(
    Object.entries(numbers).map(([name, number]) => [names[name] ?? name, number]),
  );
}
