import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createLineLogger } from '../../src/logging/line-logger.ts';
import { endOnService } from '../../src/session/end-on-service.ts';
import { createVirtualClock } from '../support/virtual-clock.ts';
import { createScriptedHost } from './support/scripted-host.ts';

describe('ending a session on the service', () => {
  it('waits for the service when the agent cannot be notified', async () => {
    const clock = createVirtualClock();
    let answered = false;
    let log = '';
    const { host } = createScriptedHost({
      service: {
        async terminateSession() {
          await new Promise(setImmediate);
          answered = true;
        },
      },
    });
    await endOnService({
      channel: {
        send() {
          throw new Error('a broken channel');
        },
        whenAcknowledged: () => undefined,
      },
      service: host.service,
      clock,
      logger: createLineLogger('error', clock, (line) => {
        log += line;
      }),
      byFlag: true,
      byApi: true,
      closed: new Promise(() => undefined),
    });
    assert.ok(answered);
    assert.match(log, /the TerminateSession flag failed: a broken channel/);
  });
});
