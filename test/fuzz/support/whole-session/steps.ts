import { MessageType } from '../../../../src/protocol/client-message.ts';
import { PayloadType } from '../../../../src/protocol/payload-type.ts';
import type { SessionSignal } from '../../../../src/session/session-type.ts';
import type { Random } from '../../../support/random.ts';
import { frameOf } from '../agent-frames.ts';
import { strangeFrame } from './agent/noise.ts';
import { KINDS, type Kind } from './plan.ts';
import type { Stage } from './stage.ts';
import { flood, sendSomething, someBytes } from './agent/traffic.ts';
import type { World } from './world/world.ts';

/** One thing that happens to a session. */
export interface Step {
  readonly name: string;
  /** How often it is chosen, relative to others. */
  readonly weight: number;
  /** The kinds of session it means something to; all, when it is not given. */
  readonly kinds?: readonly Kind[];
  readonly act: (stage: Stage) => void;
}

const KIB = 1024;
/** Megabytes, but only against a stalled reader, where they show an unbounded queue. */
const FLOOD_MESSAGES = { stalled: 220, flowing: 20 };
const KEYS = ['ls\r', 'x', '\u0003', '~', '\r~?', '\r~~\r~x', '\n', '\u001b[A', '\r'] as const;
const SIGNALS = [
  'SIGINT',
  'SIGQUIT',
  'SIGTSTP',
  'SIGINT',
] as const satisfies readonly SessionSignal[];
const HARD_SIGNALS = ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'parent-exited'] as const;

const PORTS: readonly Kind[] = ['basic', 'multiplexed'];
const TERMINALS: readonly Kind[] = ['shell', 'command'];
const READERS_OF_STDIN: readonly Kind[] = ['shell', 'stdio'];

const publication = ({ random, transmit }: Stage, start: boolean): void =>
  transmit(
    frameOf(random, {
      messageType: start ? MessageType.StartPublication : MessageType.PausePublication,
    }),
  );

/** Each of them is acknowledged, on a socket that does not drain. */
const STORM_FRAMES = 3_000;

const AGENT_STEPS: readonly Step[] = [
  {
    name: 'payloads',
    weight: 20,
    act: ({ plan, agent, random }) => {
      for (let count = random.between(1, 4); count > 0; count--) sendSomething(plan, agent, random);
    },
  },
  { name: 'repeat', weight: 12, act: ({ agent, random }) => agent.repeat(random.between(1, 10)) },
  {
    name: 'flood',
    weight: 3,
    act: ({ plan, agent, read, world }) => {
      const isStalled = PORTS.includes(plan.kind)
        ? world.network.open().some((socket) => socket.isStalled)
        : world.stdout.isStalled;
      flood(plan, agent, read, FLOOD_MESSAGES[isStalled ? 'stalled' : 'flowing']);
    },
  },
  { name: 'forge', weight: 2, kinds: TERMINALS, act: ({ agent }) => agent.forge() },
  {
    name: 'texts',
    weight: 1,
    kinds: PORTS,
    act: ({ agent, read }) => {
      for (let count = 0; count < TEXTS.count; count++) {
        agent.send(PayloadType.Error, TEXTS.text);
        read();
      }
    },
  },
];

/** Texts for a stderr that may be unread. */
const TEXTS = { count: 100, text: Buffer.alloc(2 * KIB, 'A failure of the target. ') };

const SERVICE_STEPS: readonly Step[] = [
  { name: 'strange', weight: 6, act: ({ random, transmit }) => transmit(strangeFrame(random)) },
  { name: 'start', weight: 5, act: (stage) => publication(stage, true) },
  {
    name: 'pause',
    weight: 2,
    act: (stage) => {
      publication(stage, false);
      if (stage.random.chance(0.7)) publication(stage, true);
    },
  },
  { name: 'pong', weight: 6, act: ({ world }) => world.gateway.current?.pong() },
  {
    name: 'lose',
    weight: 2,
    act: ({ world }) => world.gateway.current?.lose('closed with code 1006\u001b[2J'),
  },
  {
    name: 'stall socket',
    weight: 1.5,
    act: (stage) => {
      stage.isSocketStalled = true;
    },
  },
  {
    name: 'storm',
    weight: 0.5,
    act: ({ agent, random, transmit, isSocketStalled }) => {
      if (!isSocketStalled || !agent.isAcknowledged(0)) return;
      const repeated = frameOf(random, { payloadType: PayloadType.Output });
      for (let count = 0; count < STORM_FRAMES; count++) transmit(repeated);
    },
  },
  {
    name: 'drain socket',
    weight: 5,
    act: (stage) => {
      stage.isSocketStalled = false;
    },
  },
];

const USER_STEPS: readonly Step[] = [
  {
    name: 'keys',
    weight: 10,
    kinds: READERS_OF_STDIN,
    act: ({ world, random }) => world.stdin.feed.add(Buffer.from(random.pick(KEYS))),
  },
  {
    name: 'paste',
    weight: 4,
    kinds: READERS_OF_STDIN,
    act: ({ world, random }) => {
      for (let count = random.below(20); count > 0; count--) {
        world.stdin.feed.add(someBytes(random, 64 * KIB));
      }
    },
  },
  {
    name: 'resize',
    weight: 3,
    kinds: TERMINALS,
    act: ({ world, random }) =>
      world.terminal.resize(
        random.pick([undefined, { cols: 1, rows: 1 }, { cols: 120, rows: 50 }]),
      ),
  },
  {
    name: 'signal',
    weight: 3,
    kinds: TERMINALS,
    act: ({ world, random }) => world.signal(random.pick(SIGNALS)),
  },
  {
    name: 'signal to a port',
    weight: 0.3,
    kinds: [...PORTS, 'stdio'],
    act: ({ world, random }) => world.signal(random.pick(SIGNALS)),
  },
  {
    name: 'stall output',
    weight: 3,
    act: ({ world, random }) => random.pick([world.stdout, world.stdout, world.stderr]).stall(),
  },
  {
    name: 'release output',
    weight: 5,
    act: ({ world }) => {
      for (const output of world.outputs) output.release();
    },
  },
];

const LOCAL_STEPS: readonly Step[] = [
  {
    name: 'connect',
    weight: 8,
    kinds: PORTS,
    act: ({ world, random }) => {
      const socket = world.network.connect();
      if (socket !== undefined && random.chance(0.8)) socket.feed.add(someBytes(random, 2 * KIB));
    },
  },
  { name: 'upload', weight: 8, kinds: PORTS, act: (stage) => upload(stage) },
  {
    name: 'close local',
    weight: 4,
    kinds: PORTS,
    act: (stage) => {
      const socket = someConnection(stage);
      if (socket === undefined) return;
      if (stage.random.chance(0.6)) socket.endSending();
      else socket.reset(stage.random.chance(0.5));
    },
  },
  {
    name: 'stall local',
    weight: 4,
    kinds: PORTS,
    act: (stage) => {
      const socket = someConnection(stage);
      if (socket?.isStalled === true) socket.release();
      else if (socket !== undefined) socket.isStalled = true;
    },
  },
];

const CLOCK_STEPS: readonly Step[] = [
  {
    name: 'moment',
    weight: 20,
    act: ({ world, random }) => world.clock.advance(random.below(300)),
  },
  {
    name: 'seconds',
    weight: 4,
    act: ({ world, random }) => world.clock.advance(random.below(9_000)),
  },
  {
    name: 'stand still',
    weight: 2,
    act: ({ world, random }) => world.clock.skip(random.below(60_000)),
  },
  {
    name: 'sleep',
    weight: 2,
    act: ({ world, random }) => {
      world.clock.jump(random.pick([3_600_000, 86_400_000, -3_600_000]));
      world.clock.skip(random.below(3_000));
    },
  },
];

/** What may end the session before its last step. */
const RARE_STEPS: readonly Step[] = [
  {
    name: 'hard signal',
    weight: 0.3,
    act: ({ world, random }) => world.signal(random.pick(HARD_SIGNALS)),
  },
  { name: 'end of input', weight: 0.6, act: ({ world }) => world.stdin.feed.add(null) },
  {
    name: 'escape',
    weight: 0.3,
    kinds: READERS_OF_STDIN,
    act: ({ world }) => world.stdin.feed.add(Buffer.from('\r~.')),
  },
  {
    name: 'input error',
    weight: 0.2,
    // A stream that nothing reads asks the system for nothing, and has no error.
    act: ({ world: { stdin } }) => {
      if (stdin.stream.listenerCount('data') > 0) stdin.stream.destroy(new Error('EIO'));
    },
  },
  {
    name: 'output error',
    weight: 0.4,
    act: ({ world, random }) =>
      random.pick([world.stdout, world.stderr]).fail(random.pick(['EPIPE', 'ENOSPC', 'EIO'])),
  },
];

function someConnection({ world, random }: Stage): ReturnType<World['network']['connect']> {
  const open = world.network.open();
  return open[random.below(open.length)];
}

function upload(stage: Stage): void {
  const socket = someConnection(stage);
  for (let count = stage.random.below(12); count > 0; count--) {
    socket?.feed.add(someBytes(stage.random, 64 * KIB));
  }
}

const ALL_STEPS: readonly Step[] = [
  ...AGENT_STEPS,
  ...SERVICE_STEPS,
  ...USER_STEPS,
  ...LOCAL_STEPS,
  ...CLOCK_STEPS,
  ...RARE_STEPS,
];
const STEPS_OF_KIND = new Map<Kind, readonly Step[]>(
  KINDS.map((kind) => [kind, ALL_STEPS.filter(({ kinds }) => kinds?.includes(kind) ?? true)]),
);

/** One step; those that are part of every session come more often than the ones that end it. */
export function chooseStep(kind: Kind, random: Random): Step {
  const steps = STEPS_OF_KIND.get(kind) ?? ALL_STEPS;
  const total = steps.reduce((sum, { weight }) => sum + weight, 0);
  let rest = random.next() * total;
  const chosen = steps.find(({ weight }) => (rest -= weight) < 0);
  return chosen ?? { name: 'nothing', weight: 0, act: () => undefined };
}
