import assert from 'node:assert/strict';
import type { LocalSession } from '../local-aws/local-aws.ts';
import { account, USUAL_NODES } from './support/fleets.ts';
import { untilPrompt, type Scene, type Stage } from './support/scene.ts';
import { testScenes } from './support/test-scenes.ts';

const ENTER = '\r';
const LEAVE = `${ENTER}~.`;

function sessionOf({ aws }: Stage): LocalSession {
  const [session] = aws.sessions;
  assert.ok(session);
  return session;
}

async function lose(stage: Stage): Promise<void> {
  sessionOf(stage).setGateway('down');
  sessionOf(stage).cutClient();
  await stage.until('the notice', ({ rows }) =>
    rows.some((row) => row.startsWith('Connection lost')),
  );
}

const SHELL: Scene = {
  name: 'shell',
  args: ['shell', 'web-1'],
  target: account(USUAL_NODES),
  async play(stage) {
    await untilPrompt(stage);
    stage.program.type(`exit${ENTER}`);
    await stage.end();
  },
};

testScenes('session', [
  SHELL,
  {
    ...SHELL,
    name: 'lost-at-prompt',
    async play(stage) {
      await untilPrompt(stage);
      stage.program.type('half a line');
      await stage.until('the echo', ({ beforeCursor }) => beforeCursor === '$ half a line');
      await lose(stage);
    },
  },
  {
    ...SHELL,
    name: 'resumed-at-line-start',
    async play(stage) {
      await untilPrompt(stage);
      stage.program.type(`echo output; read answer${ENTER}`);
      await stage.until('the output', ({ lines }) => lines.at(-2) === 'output');
      await lose(stage);
      sessionOf(stage).setGateway('up');
      await stage.until('the connection', ({ lines }) => lines.includes('Reconnected.'));
    },
  },
  {
    ...SHELL,
    name: 'left-while-lost',
    async play(stage) {
      await untilPrompt(stage);
      await lose(stage);
      stage.program.type(LEAVE);
      await stage.end();
    },
  },
  {
    ...SHELL,
    name: 'given-up',
    env: { SSM_PLUGIN_RESUME_TIMEOUT: '0' },
    failures: ['session-lost'],
    async play(stage) {
      await untilPrompt(stage);
      sessionOf(stage).answerResume({ kind: 'down' });
      sessionOf(stage).cutClient();
      await stage.end();
    },
  },
  {
    ...SHELL,
    name: 'ended-by-administrator',
    async play(stage) {
      await untilPrompt(stage);
      sessionOf(stage).terminate();
      await stage.end();
    },
  },
  {
    name: 'exec',
    args: ['exec', 'web-1', '--', 'echo output; echo error >&2; exit 3'],
    target: account(USUAL_NODES),
  },
]);
