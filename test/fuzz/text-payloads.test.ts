import assert from 'node:assert/strict';
import { it } from 'node:test';
import { acknowledgementOf, parseAcknowledgement } from '../../src/protocol/acknowledgement.ts';
import { parseChannelClosed } from '../../src/protocol/channel-closed.ts';
import { MessageType } from '../../src/protocol/client-message.ts';
import {
  encodeHandshakeResponse,
  parseHandshakeComplete,
  parseHandshakeRequest,
} from '../../src/protocol/handshake.ts';
import { ProtocolError } from '../../src/protocol/protocol-error.ts';
import { parsePortProperties } from '../../src/session/port/properties.ts';
import type { Random } from '../support/random.ts';
import { fuzz } from './support/cases.ts';
import { mutateJson } from './support/mutations.ts';
import { COMPLETIONS, REQUESTS } from './support/handshakes.ts';

const HIGHEST_PORT = 65_535;

/** Reads the payload with what it may be refused with; anything else is thrown on. */
function unlessRefused<Content>(read: () => Content, check: (content: Content) => void): void {
  let content: Content;
  try {
    content = read();
  } catch (error) {
    if (error instanceof ProtocolError) return;
    throw error;
  }
  check(content);
}

function damaged(originals: readonly [object, ...object[]]) {
  return (random: Random): string => mutateJson(JSON.stringify(random.pick(originals)), random);
}

it('a damaged handshake request is refused, or can be answered action by action', () =>
  fuzz(damaged(REQUESTS), (text) =>
    unlessRefused(
      () => parseHandshakeRequest(Buffer.from(text)),
      ({ agentVersion, actions }) => {
        const response = JSON.parse(encodeHandshakeResponse('1.2.3.4', actions, []).toString()) as {
          ProcessedClientActions: readonly { readonly ActionType: unknown }[];
        };
        assert.equal(response.ProcessedClientActions.length, actions.length);
        for (const action of response.ProcessedClientActions) {
          assert.equal(typeof action.ActionType, 'string');
        }
        for (const action of actions) {
          if (action.kind !== 'session-type') continue;
          const properties = parsePortProperties(action.properties, agentVersion);
          if (!('local' in properties) || properties.local.kind !== 'tcp') continue;
          const { port } = properties.local;
          assert.ok(Number.isInteger(port) && port >= 0 && port <= HIGHEST_PORT, `port ${port}`);
        }
      },
    ),
  ));

it('a damaged completion of the handshake is refused, or has a text', () =>
  fuzz(damaged(COMPLETIONS), (text) =>
    unlessRefused(
      () => parseHandshakeComplete(Buffer.from(text)),
      ({ customerMessage }) => assert.equal(typeof customerMessage, 'string'),
    ),
  ));

it('a damaged channel_closed is refused, or has a session and a text', () =>
  fuzz(
    damaged([
      {
        MessageId: 'm',
        SessionId: 's',
        MessageType: 'channel_closed',
        SchemaVersion: 1,
        Output: '',
      },
      { SessionId: 'user-0123456789abcdef0', Output: 'the session has timed out' },
    ]),
    (text) =>
      unlessRefused(
        () => parseChannelClosed(Buffer.from(text)),
        ({ sessionId, output }) => {
          assert.equal(typeof sessionId, 'string');
          assert.equal(typeof output, 'string');
        },
      ),
  ));

it('a damaged acknowledgement is refused, or names a whole number', () =>
  fuzz(
    (random) => {
      const message = {
        messageType: MessageType.OutputStreamData,
        sequenceNumber: random.below(100_000),
        flags: 0,
        messageId: random.bytes(16),
        createdDate: 1,
        payloadType: 1,
        payload: Buffer.alloc(0),
      };
      const { payload } = acknowledgementOf(message, random.bytes(16), 1);
      return mutateJson(payload.toString(), random);
    },
    (text) =>
      unlessRefused(
        () => parseAcknowledgement(Buffer.from(text)),
        ({ sequenceNumber }) => assert.ok(Number.isSafeInteger(sequenceNumber)),
      ),
  ));
