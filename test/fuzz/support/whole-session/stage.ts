import type { Random } from '../../../support/random.ts';
import { createFuzzAgent, type FuzzAgent } from './agent/agent.ts';
import { disturb } from './agent/noise.ts';
import type { SessionPlan } from './plan.ts';
import { createWorld, type World } from './world/world.ts';

/** One session's world and agent, joined. */
export interface Stage {
  readonly plan: SessionPlan;
  readonly world: World;
  readonly agent: FuzzAgent;
  readonly random: Random;
  /** Puts a frame on its way to the session, as it is. */
  readonly transmit: (frame: Buffer) => void;
  /** Frames that were delayed arrive. */
  readonly deliverDelayed: () => void;
  /** The agent reads what has arrived. */
  readonly read: () => void;
  /** While true the agent reads nothing: the socket does not drain. */
  isSocketStalled: boolean;
}

const DATA_KEY_BYTES = 64;

/** Everything around a session that has not started. */
export function createStage(plan: SessionPlan, random: Random): Stage {
  const dataKey = random.bytes(DATA_KEY_BYTES);
  const world = createWorld(plan, dataKey, random);
  const delayed: Buffer[] = [];
  const transmit = (frame: Buffer): void => world.gateway.current?.deliver(frame);
  const transmitBadly = (frame: Buffer): void => {
    if (!random.chance(plan.noise)) {
      transmit(frame);
      return;
    }
    const disturbed = disturb(frame, random);
    for (const each of disturbed.now) transmit(each);
    delayed.push(...disturbed.later);
  };
  const agent = createFuzzAgent({ plan, dataKey, random, transmit: transmitBadly });
  const stage: Stage = {
    plan,
    world,
    agent,
    random,
    transmit,
    deliverDelayed() {
      for (const frame of delayed.splice(0)) transmit(frame);
    },
    isSocketStalled: false,
    read() {
      const { current } = world.gateway;
      if (current !== undefined && !stage.isSocketStalled) agent.read(current.frames);
    },
  };
  return stage;
}
