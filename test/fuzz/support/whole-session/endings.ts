import { MessageType } from '../../../../src/protocol/client-message.ts';
import { frameOf } from '../agent-frames.ts';
import type { Reached } from './reached.ts';
import type { Stage } from './stage.ts';

/** A session that is to end, and time. */
export interface Ending {
  readonly stage: Stage;
  readonly reached: Set<Reached>;
  readonly hasEnded: () => boolean;
  /** Lets this many milliseconds pass, but not beyond the session's end. */
  readonly pass: (milliseconds: number, step?: number) => Promise<void>;
}

/** A signal leaves a session within a second; the last timer is some steps of the clock later. */
const LEAVING_MS = 2_000;
/** Local readers have 2 s to take the rest; a connection of a program that reads lingers for 5 s. */
const CLOSING_MS = 10_000;
/** What giving up takes beyond the time for resuming: a pause and an attempt that hangs. */
const RESUME_MARGIN_MS = 60_000;
/** A message is sent again 3000 times, ten times a second, and everything once more when it is resumed. */
const IDLE_MS = 400_000;
const LONG_STEP_MS = 1_000;

/** Ends a session in one of the ways in which one must end. @returns the way */
export async function endSession(ending: Ending): Promise<string> {
  const { reached, hasEnded, stage } = ending;
  if (hasEnded()) {
    reached.add('ended by a step');
    return 'ended';
  }
  switch (stage.random.below(10)) {
    case 9:
      await stopTraffic(ending);
      return 'silent agent';
    case 0:
    case 1:
    case 2:
      await closeByService(ending);
      return 'closed by the service';
    case 3:
    case 4:
      await loseForGood(ending);
      return 'lost for good';
    default:
      await leave(ending);
      return 'signal';
  }
}

/** The service's end. If the reader of stdout reads nothing, only a signal ends the program. */
async function closeByService(ending: Ending): Promise<void> {
  const { stage, hasEnded, reached, pass } = ending;
  const { random } = stage;
  if (random.chance(0.7)) releaseOutputs(stage);
  const Output = random.pick(['', 'The session has timed out.', 'a\u001b[2J\u202eb']);
  const payload = Buffer.from(random.chance(0.9) ? JSON.stringify({ Output }) : '{');
  stage.transmit(frameOf(random, { messageType: MessageType.ChannelClosed, payload }));
  await pass(CLOSING_MS);
  if (!hasEnded()) await leave(ending);
  else reached.add('ended by the service');
}

async function loseForGood({ stage, hasEnded, reached, pass }: Ending): Promise<void> {
  const { world, plan } = stage;
  releaseOutputs(stage);
  world.cutOff();
  world.gateway.current?.lose('closed with code 1006');
  await pass(plan.options.settings.resumeTimeoutMs + RESUME_MARGIN_MS, LONG_STEP_MS);
  if (!hasEnded()) throw new Error('a session without a connection does not end');
  reached.add('lost for good');
}

/** The service answers and the agent does not: a session gives up after its retries. */
async function stopTraffic(ending: Ending): Promise<void> {
  const { stage, hasEnded, pass } = ending;
  stage.isSocketStalled = true;
  stage.world.stdin.feed.add(Buffer.from('x'));
  for (let passed = 0; passed < IDLE_MS && !hasEnded(); passed += LONG_STEP_MS) {
    stage.world.gateway.current?.pong();
    await pass(LONG_STEP_MS, LONG_STEP_MS);
  }
  if (!hasEnded()) await leave(ending);
}

async function leave({ stage, hasEnded, reached, pass }: Ending): Promise<void> {
  const { world, random, plan } = stage;
  const signal = random.pick(['SIGTERM', 'SIGHUP', 'SIGUSR1', 'parent-exited'] as const);
  world.signal(signal === 'SIGHUP' && !plan.hangUpEnds ? 'SIGTERM' : signal);
  await pass(LEAVING_MS);
  if (!hasEnded()) throw new Error(`${signal} does not end the session`);
  reached.add('ended by a signal');
}

function releaseOutputs({ world }: Stage): void {
  for (const output of world.outputs) output.release();
}
