import { THROWS } from '../../program/support/throwing/throws.ts';
import { account, preparedAccount, USUAL_NODES, WEB } from '../support/fleets.ts';
import { testFailures } from '../support/failures/failing.ts';
import { untilPrompt, type Scene } from '../support/scene.ts';
import { testScenes } from '../support/test-scenes.ts';

const SHELL = ['shell', WEB.id];

/** The message gateway answers with an HTTP status in place of a WebSocket. */
function gatewayAnswers(status: number): Pick<Scene, 'target'> {
  return {
    target: preparedAccount((aws) => {
      void aws.nextSession().then((session) => session.setGateway(status));
    }),
  };
}

testFailures('sessions', {
  setting: { args: SHELL, env: { SSM_PLUGIN_QUIET: 'maybe' }, failure: 'setting-invalid' },
  'gateway-unavailable': {
    args: SHELL,
    ...gatewayAnswers(503),
    failure: 'gateway-unavailable',
  },
  'gateway-forbidden': { args: SHELL, ...gatewayAnswers(403), failure: 'gateway-forbidden' },
  'gateway-throttled': { args: SHELL, ...gatewayAnswers(429), failure: 'gateway-throttled' },
  'gateway-status': { args: SHELL, ...gatewayAnswers(400), failure: 'gateway-status' },
  'gateway-closes': {
    args: SHELL,
    target: preparedAccount((aws) => {
      void aws.nextSession().then((session) => session.setGateway('down'));
    }),
    failure: 'gateway-refused',
  },
  'timed-out': {
    args: SHELL,
    async play(stage) {
      await untilPrompt(stage);
      const [session] = stage.aws.sessions;
      session?.answerResume({ kind: 'ended' });
      session?.cutClient();
      await stage.end();
    },
    failure: 'session-timed-out',
  },
  'closed-with-reason': {
    args: SHELL,
    async play(stage) {
      await untilPrompt(stage);
      stage.aws.sessions[0]?.terminate('Maintenance in 5 minutes');
      await stage.end();
    },
    failure: 'session-closed',
  },
  'no-exit-status': {
    args: ['exec', WEB.id, '--', 'echo output'],
    target: account(USUAL_NODES, {
      sessions: { agent: { version: '3.1.0.0', separateOutputStream: false } },
    }),
    failure: 'exit-status-missing',
  },
  'another-kind': {
    args: SHELL,
    target: account(USUAL_NODES, {
      sessions: {
        agent: { offers: { kind: 'port', sessionType: 'Port', properties: { portNumber: '80' } } },
      },
    }),
    failure: 'session-kind-changed',
  },
});

testScenes('failures/program', [
  {
    name: 'fatal-error',
    args: SHELL,
    env: THROWS,
    target: account(USUAL_NODES),
    failures: ['internal'],
    async play(stage) {
      await untilPrompt(stage);
      stage.program.kill('SIGUSR2');
      await stage.end();
    },
  },
]);
