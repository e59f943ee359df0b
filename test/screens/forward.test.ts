import type { TestContext } from 'node:test';
import { connectLocally, readToEnd } from '../program/port/support/local-program.ts';
import { closedPort, startService } from '../program/port/support/target-service.ts';
import type { CommandTarget } from '../program/commands/support/run-command.ts';
import type { Screen } from '../support/screen.ts';
import { account, USUAL_NODES } from './support/fleets.ts';
import type { Scene, Stage } from './support/scene.ts';
import { testScenes } from './support/test-scenes.ts';

const INTERRUPT = '\x03';
const ASKED = 'GET /';
const ANSWER_BYTES = 1536;
/** What the local ports of the two rows are called. */
const LOCAL_PORTS = ['40001', '40002'] as const;
const LOCAL = /127\.0\.0\.1:(\d+)/g;
const ARGS = ['forward', 'web-1', '0:80', '0:db.internal:5432'];

/** A target with a web server and a database. */
async function startServices(t: TestContext): Promise<CommandTarget> {
  const web = await startService(t, (socket) => {
    socket.once('data', () => socket.end(Buffer.alloc(ANSWER_BYTES)));
  });
  const closed = await closedPort(t);
  return account(USUAL_NODES, {
    sessions: {
      agent: {
        route: ({ port }) => ({ host: '127.0.0.1', port: port === 80 ? web.port : closed }),
      },
    },
  })(t);
}

function portsOf({ rows }: Screen): readonly number[] {
  return rows.flatMap((row) => [...row.matchAll(LOCAL)].map(([, port]) => Number(port)));
}

function listeners({ rows }: Screen): number {
  return rows.filter((row) => / {2}listening(?: (\d+)\/\1)?$/.test(row)).length;
}

/** All ports listen, under names that do not vary. */
async function listen(
  { until, replace }: Stage,
  count: number = LOCAL_PORTS.length,
): Promise<readonly number[]> {
  let ports: readonly number[] = [];
  await until('the listeners', (screen) => {
    ports = portsOf(screen);
    return listeners(screen) === count;
  });
  for (const [i, port] of ports.entries()) replace(String(port), LOCAL_PORTS[i] ?? '');
  await until('the names of the ports', (screen) => listeners(screen) === count);
  return ports;
}

/** The cells of the row with a port, by the names of the columns. */
function cellsOf({ rows }: Screen, port: string): ReadonlyMap<string, string> {
  const split = (row = ''): readonly string[] => row.trim().split(/ {2,}/);
  const header = split(rows.find((row) => row.startsWith('LOCAL')));
  const cells = split(rows.findLast((row) => row.includes(port)));
  return new Map(header.map((name, i) => [name, cells[i] ?? '']));
}

function isZero(cell = '0'): boolean {
  return /^0( B)?$/.test(cell);
}

/** Makes one connection to the web server, and waits until everything is counted. */
async function useWeb(stage: Stage): Promise<void> {
  const [port = 0] = await listen(stage);
  const socket = await connectLocally(stage.t, { port, host: '127.0.0.1' });
  socket.write(ASKED);
  await readToEnd(socket);
  socket.end();
  await stage.until('the figures', (screen) => {
    const cells = cellsOf(screen, LOCAL_PORTS[0]);
    const total = cells.get('RECEIVED') ?? cells.get('RCVD') ?? '1.5K';
    const areIdle = ['OPEN', 'UP/s', 'DOWN/s'].every((name) => isZero(cells.get(name)));
    return areIdle && /^1\.5 ?K/.test(total);
  });
}

const LISTENING: Scene = {
  name: 'listening',
  args: ARGS,
  target: startServices,
  looks: true,
  async play(stage) {
    await listen(stage);
  },
};

testScenes('forward', [
  LISTENING,
  { ...LISTENING, name: 'used', play: useWeb },
  {
    ...LISTENING,
    name: 'several-sessions',
    args: ['forward', 'web-1', '0:80', '--sessions', '4'],
    async play(stage) {
      await listen(stage, 1);
    },
  },
  {
    ...LISTENING,
    name: 'ended',
    async play(stage) {
      await useWeb(stage);
      stage.program.type(INTERRUPT);
      await stage.end();
    },
  },
  {
    ...LISTENING,
    name: 'destination-failed',
    async play(stage) {
      const [, port = 0] = await listen(stage);
      const socket = await connectLocally(stage.t, { port, host: '127.0.0.1' });
      await readToEnd(socket);
      await stage.until(
        'why there is no connection',
        (screen) =>
          screen.lines.some((line) => line.includes('cannot connect')) &&
          listeners(screen) === LOCAL_PORTS.length &&
          isZero(cellsOf(screen, LOCAL_PORTS[1]).get('OPEN')),
      );
    },
  },
  {
    ...LISTENING,
    name: 'checked',
    args: [...LISTENING.args, '--check'],
    async play({ until, replace }) {
      const states = [/ {2}answers$/, / {2}no answer$/];
      let ports: readonly (string | undefined)[] = [];
      const isKnown = ({ rows }: Screen): boolean => {
        const found = states.map((state) => rows.find((row) => state.test(row)) ?? '');
        ports = found.map((row) => /:(\d+) /.exec(row)?.[1]);
        return !ports.includes(undefined);
      };
      await until('both results', isKnown);
      for (const [i, port] of ports.entries()) replace(port ?? '', LOCAL_PORTS[i] ?? '');
      await until('the names of the ports', isKnown);
    },
  },
  {
    ...LISTENING,
    name: 'reconnecting',
    args: ['forward', 'web-1', '0:80'],
    async play(stage) {
      await listen(stage, 1);
      for (const session of stage.aws.sessions) {
        session.setGateway('down');
        session.cutClient();
      }
      const isLost = ({ rows }: Screen): boolean =>
        rows.some((row) => / reconnecting \d+ s$/.test(row));
      await stage.until('the loss', isLost);
    },
  },
  {
    name: 'port-in-use',
    args: ['forward', 'web-1', '40001:80'],
    target: startServices,
    takenPort: '40001',
    failures: ['port-in-use'],
  },
]);
