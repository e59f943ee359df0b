import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PayloadType } from '../../src/protocol/payload-type.ts';
import { handshake, sentJson, sessionType } from './support/handshake-payloads.ts';
import { joinSession } from './support/joined-session.ts';
import { settle } from './connection/scripted-sockets.ts';
import { EXITING, STARTING } from './support/session-options.ts';

describe('a session, as it begins', () => {
  it('is a shell when the first message is output, and that output is not lost', async () => {
    const { agent, stdout, stdin, exitCode } = await joinSession();
    agent.send(PayloadType.Output, '$ ');
    await settle();
    assert.equal(stdout(), `${STARTING}$ `);
    assert.deepEqual(sentJson(agent, PayloadType.Size), [{ cols: 80, rows: 24 }]);
    stdin.write('id\n');
    await settle();
    assert.equal(agent.typed(), 'id\n');
    agent.closeChannel();
    assert.equal(await exitCode, 0);
    assert.equal(stdout(), `${STARTING}$ ${EXITING}`);
  });

  it('answers the handshake and is ready for output that comes in the same read', async () => {
    const { agent, stdout } = await joinSession();
    agent.send(PayloadType.HandshakeRequest, handshake(sessionType('NonInteractiveCommands')));
    await settle();
    assert.deepEqual(sentJson(agent, PayloadType.HandshakeResponse), [
      {
        ClientVersion: '1.3.0.0',
        ProcessedClientActions: [
          { ActionType: 'SessionType', ActionStatus: 1, ActionResult: null, Error: '' },
        ],
        Errors: null,
      },
    ]);
    agent.sendTogether(
      [PayloadType.HandshakeComplete, { HandshakeTimeToComplete: 1, CustomerMessage: 'Be nice.' }],
      [PayloadType.Output, 'first'],
    );
    await settle();
    assert.equal(stdout(), `${STARTING}Be nice.\nfirst`);
    assert.deepEqual(agent.acknowledged(), [0, 1, 2]);
  });

  it('refuses an unknown session type, ends the session, and reports why', async () => {
    const { agent, stdout, exitCode, terminated } = await joinSession();
    agent.send(PayloadType.HandshakeRequest, handshake(sessionType('Hologram')));
    await settle();
    const [response] = sentJson(agent, PayloadType.HandshakeResponse) as {
      ProcessedClientActions: { ActionStatus: number; Error: string }[];
      Errors: string[];
    }[];
    assert.equal(response?.ProcessedClientActions[0]?.ActionStatus, 2);
    assert.match(response.Errors[0] ?? '', /Hologram/);
    assert.equal(await exitCode, 1);
    assert.match(stdout(), /Cannot perform start session: .*Hologram/);
    assert.equal(terminated(), 1);
  });

  it('answers that an unknown action is unsupported', async () => {
    const { agent } = await joinSession();
    agent.send(PayloadType.HandshakeRequest, handshake({ ActionType: 'Dance' }));
    await settle();
    const [response] = sentJson(agent, PayloadType.HandshakeResponse) as {
      ProcessedClientActions: { ActionType: string; ActionStatus: number }[];
    }[];
    assert.equal(response?.ProcessedClientActions[0]?.ActionType, 'Dance');
    assert.equal(response.ProcessedClientActions[0].ActionStatus, 3);
  });

  for (const [what, actions, reason] of [
    [
      '100 000 actions',
      Array.from({ length: 100_000 }, () => ({ ActionType: 'Dance' })),
      'The SSM Agent of the target sent an invalid handshake: the agent asks for 100000 actions before the session starts, at most 16 are allowed. Check the target: its agent or the document of the session may have been changed.',
    ],
    [
      'a second data key',
      Array.from({ length: 2 }, () => ({
        ActionType: 'KMSEncryption',
        ActionParameters: { KMSKeyId: 'key' },
      })),
      'The SSM Agent of the target sent an invalid handshake: the agent asks for 2 data keys, only 1 is allowed. Check the target: its agent or the document of the session may have been changed.',
    ],
  ] as const) {
    it(`ends when the agent asks for ${what}, without doing anything of it`, async () => {
      let keys = 0;
      const { agent, stdout, exitCode, terminated } = await joinSession({
        service: {
          generateDataKey: () => {
            keys++;
            return Promise.reject(new Error('no key'));
          },
        },
      });
      agent.send(PayloadType.HandshakeRequest, handshake(...actions));
      await settle();
      assert.deepEqual(sentJson(agent, PayloadType.HandshakeResponse), []);
      assert.equal(await exitCode, 1);
      assert.ok(stdout().includes(`Cannot perform start session: ${reason}\n`), stdout());
      assert.deepEqual([keys, terminated()], [0, 1]);
    });
  }

  it('answers as many actions as are allowed', async () => {
    const { agent } = await joinSession();
    const actions = Array.from({ length: 16 }, () => ({ ActionType: 'Dance' }));
    agent.send(PayloadType.HandshakeRequest, handshake(...actions));
    await settle();
    const [response] = sentJson(agent, PayloadType.HandshakeResponse) as {
      ProcessedClientActions: unknown[];
    }[];
    assert.equal(response?.ProcessedClientActions.length, 16);
  });
});
