import { runSession } from '../../../../src/session/session.ts';
import { settle } from '../../../session/connection/scripted-sockets.ts';
import { randomOf, type Random } from '../../../support/random.ts';
import { checkEnd, checkHole, checkKind, checkMemory, checkTerminal } from './checks.ts';
import { endSession } from './endings.ts';
import { planSession } from './plan.ts';
import { noteReached, type Reached } from './reached.ts';
import { createStage } from './stage.ts';
import { chooseStep } from './steps.ts';
import { leaveHole, sendAnything } from './agent/traffic.ts';
import type { World } from './world/world.ts';

const STEP_MS = 100;
/** It takes tens of megabytes. */
const HOLE_SHARE = 0.005;
/** Some end before their socket is open. */
const EARLY_END_SHARE = 0.1;
/** Some have a socket, and frames on it, before they begin. */
const EARLY_FRAMES_SHARE = 0.05;
/** Longer than any timer of a session runs. */
const AFTERMATH_MS = 3_600_000;
const INTERNAL_ERROR_MS = 2_000;
const INTERNAL_ERROR_SHARE = 0.03;
const LATE_SHARE = 0.5;

/**
 * Runs one session from its start to its end, all of it from the seed.
 *
 * @returns what it has reached
 * @throws Error when something is wrong; the message ends with what was done last
 */
export async function runFuzzSession(
  seed: number,
  trace: string[] = [],
): Promise<ReadonlySet<Reached>> {
  try {
    return await run(randomOf(seed), trace);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`${reason}\nafter: ${trace.join(', ')}`, { cause });
  }
}

async function run(random: Random, trace: string[]): Promise<ReadonlySet<Reached>> {
  const plan = planSession(random);
  trace.push(JSON.stringify(plan));
  const stage = createStage(plan, random);
  const { world, agent } = stage;
  const reached = new Set<Reached>();
  let status: number | undefined;
  if (random.chance(EARLY_FRAMES_SHARE)) {
    // The socket opens before the session begins.
    await settle();
    sendAnything(plan, agent, random);
  }
  void runSession(plan.options, world.host).then((exitStatus) => {
    status = exitStatus;
  });
  const hasEnded = (): boolean => status !== undefined;
  const turn = async (): Promise<void> => {
    world.gateway.current?.pump();
    stage.read();
    await settle();
    checkMemory(world, agent);
    checkKind(plan, world);
    noteReached(stage, reached);
  };

  if (!random.chance(EARLY_END_SHARE)) await turn();
  if (random.chance(plan.oddHandshake)) sendAnything(plan, agent, random);
  agent.begin();
  for (let count = 0; count < plan.steps && !hasEnded(); count++) {
    const step = chooseStep(plan.kind, random);
    trace.push(step.name);
    step.act(stage);
    await turn();
    if (random.chance(LATE_SHARE)) stage.deliverDelayed();
  }
  if (!hasEnded() && random.chance(INTERNAL_ERROR_SHARE)) {
    trace.push('internal error');
    await checkInternalError(world);
    return reached;
  }
  if (!hasEnded() && random.chance(HOLE_SHARE)) {
    trace.push('hole');
    checkHole(leaveHole(agent, random, stage.transmit, stage.read));
  }
  const pass = async (milliseconds: number, step = STEP_MS): Promise<void> => {
    for (let passed = 0; passed < milliseconds && !hasEnded(); passed += step) {
      world.clock.advance(step);
      await turn();
    }
  };
  trace.push(await endSession({ stage, reached, pass, hasEnded }));
  // A closed stream reports it a moment later.
  await settle();
  checkEnd(world, status);
  await haveAftermath(world);
  checkEnd(world, status);
  return reached;
}

/** What was under way when the session ended starts nothing again. */
async function haveAftermath(world: World): Promise<void> {
  for (const output of world.outputs) output.release();
  world.stdin.feed.add(Buffer.from('x'));
  world.stdin.feed.add(null);
  await settle();
  world.clock.advance(AFTERMATH_MS);
  await settle();
}

/** After an error of its own the program leaves, with the session as it is. */
async function checkInternalError(world: World): Promise<void> {
  let leaves = false;
  void world.internalError().then(() => {
    leaves = true;
  });
  const hasEnded = (): boolean => leaves;
  checkTerminal(world);
  for (let passed = 0; passed < INTERNAL_ERROR_MS && !hasEnded(); passed += STEP_MS) {
    world.clock.advance(STEP_MS);
    await settle();
  }
  if (!hasEnded()) throw new Error('the program does not leave after an internal error');
  checkTerminal(world);
}
