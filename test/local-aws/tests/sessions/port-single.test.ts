import assert from 'node:assert/strict';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { Flag } from '../../../../src/protocol/flag.ts';
import { PayloadType } from '../../../../src/protocol/payload-type.ts';
import type { AgentOptions } from '../../local-aws.ts';
import { flagsOf, startPortFixture, type PortFixture } from '../support/port-fixture.ts';

describe('a port session of the local target with one connection at a time', () => {
  let port: PortFixture;

  beforeEach(async () => {
    port = await startPortFixture();
  });
  afterEach(() => port.close());

  describe('basic, of an agent before 3.0.196.0', () => {
    const OLD: AgentOptions = { version: '3.0.196.0' };

    it('carries raw bytes', async () => {
      const session = await port.start(OLD);
      await session.until('the dial', () => session.record.targetConnections === 1);
      port.client.type('raw');
      await port.client.until('the answer', () => port.client.output() === 'raw');
    });

    it('drops the connection on DisconnectToPort and dials again for the next data', async () => {
      const session = await port.start(OLD);
      await session.until('the dial', () => session.record.targetConnections === 1);
      port.client.type('one');
      await port.client.until('the answer', () => port.client.output() === 'one');
      port.client.flag(Flag.DisconnectToPort);
      await session.until('the connection is gone', () => session.record.targetConnections === 0);
      port.client.type(' two');
      await port.client.until('the answer', () => port.client.output() === 'one two');
      assert.equal(session.record.dials, 2);
      assert.equal(port.connections.length, 2);
    });

    it('continues when the target closes, and reports when it cannot be reached again', async () => {
      port.serve = (socket) => socket.end();
      const session = await port.start(OLD);
      await session.until(
        'the target closes',
        () => session.record.connected === 1 && session.record.targetConnections === 0,
      );
      port.service.close();
      port.client.type('anyone?');
      await port.client.until('the flag', () =>
        flagsOf(port.client).includes(Flag.ConnectToPortError),
      );
      assert.equal(session.end, undefined);
    });
  });

  describe('as a byte stream for ssh', () => {
    it('delivers everything and ends with the connection', async () => {
      port.serve = (socket) => {
        socket.once('data', (bytes) => socket.end(`banner for ${bytes.toString()}`));
      };
      const session = await port.start({}, 'AWS-StartSSHSession');
      await session.until('the dial', () => session.record.targetConnections === 1);
      port.client.type('client');
      assert.deepEqual(await session.closed, { by: 'remote', output: '' });
      assert.equal(port.client.output(), 'banner for client');
    });

    it('reports the reason when the port cannot be reached', async () => {
      port.service.close();
      await once(port.service, 'close');
      const session = await port.start({}, 'AWS-StartSSHSession');
      assert.equal(
        (await session.closed).output,
        `Unable to connect to specified port: dial tcp :${port.portNumber}: ECONNREFUSED`,
      );
      await port.client.until('channel_closed', () => port.client.channelClosed !== undefined);
      assert.match(port.client.channelClosed?.Output ?? '', /^Unable to connect/);
    });

    it('neither takes nor acknowledges input before it has dialled', async () => {
      let dial = (): void => undefined;
      const startAfter = new Promise<void>((resolve) => {
        dial = resolve;
      });
      const session = await port.start({ startAfter }, 'AWS-StartSSHSession');
      const number = port.client.type('early');
      await session.until('the input is refused', () => session.record.refused === 1);
      assert.ok(!port.client.acknowledged.has(number));
      dial();
      await session.until('the dial', () => session.record.targetConnections === 1);
      port.client.sendAs(number, PayloadType.Output, 'early');
      await port.client.until('the answer', () => port.client.output() === 'early');
    });
  });
});
