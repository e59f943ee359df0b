import { AwsError, isAwsError } from '../../../aws/sdk/aws-error.ts';
import { callFailures } from '../../../failures/calls.ts';
import { readyFailures } from '../../../failures/ready.ts';
import type { CommandContext } from '../../framework/command-context.ts';
import type { ReadyOptions } from '../../framework/ready-options.ts';
import { notReady, READY_POLL_MS, type AwaitedTarget } from './not-ready.ts';
import { pauseUnlessInterrupted } from './pause.ts';
import {
  progressAfter,
  readyStep,
  type MissingPart,
  type ReadyStep,
  type StartProgress,
} from './ready-step.ts';
import { isInstanceId, questionsAbout } from './target-now.ts';

/** EC2 may not know a new instance at once ("eventual consistency" in its developer guide), in milliseconds. */
const UNKNOWN_INSTANCE_GRACE_MS = 10_000;
/** How EC2 refuses to start an instance in another state: it was stopping, or is starting. */
const OTHER_STATE = 'IncorrectInstanceState';

/** What is waited for, after "Waiting for". */
const SUBJECTS: Readonly<Record<MissingPart, string>> = {
  instance: 'EC2 to know the instance',
  stopping: 'the instance to stop',
  stopped: 'the stopped instance',
  starting: 'the instance to start',
  agent: 'the SSM Agent to connect',
  sessions: 'sessions to start',
  answer: 'the SSM Agent to answer',
};

/**
 * Waits until a session with the target can start, and starts its instance if the user wants that. Does nothing for a
 * command that does not wait.
 *
 * @throws AwsError when it does not become ready in time, or cannot
 */
export async function awaitTarget(context: CommandContext, target: AwaitedTarget): Promise<void> {
  const { ready } = context.options;
  const until = context.readyUntil();
  if (ready === undefined || until === undefined) return;
  const wait = createTargetWait(context, target, ready);
  try {
    while (!(await wait.isReady())) {
      if (context.clock.monotonic() >= until) throw wait.timedOut();
      await pauseUnlessInterrupted(context, READY_POLL_MS);
    }
  } finally {
    wait.end();
  }
}

interface TargetWait {
  /** Asks what the target lacks, shows it, and does what helps. */
  isReady(): Promise<boolean>;
  timedOut(): AwsError;
  /** Shows nothing more. */
  end(): void;
}

function createTargetWait(
  context: CommandContext,
  { id, title }: AwaitedTarget,
  ready: ReadyOptions,
): TargetWait {
  const { clock, waits, output } = context;
  const since = clock.monotonic();
  let questions: ReturnType<typeof questionsAbout> | undefined;
  let progress: StartProgress = 'untouched';
  let missing: MissingPart | undefined;
  let endReport = (): void => undefined;

  const show = (now: MissingPart): void => {
    if (now === missing) return;
    missing = now;
    endReport();
    endReport = waits.report({ name: SUBJECTS[now], place: id }, since);
    if (now === 'stopped') output.notify(`${title} is stopped. To start it, add --start.`);
  };
  const start = async (): Promise<void> => {
    show('starting');
    try {
      await (await context.aws.calls()).startInstance(id);
      progress = 'requested';
      output.notify(`Starting the instance ${title}.`);
    } catch (error) {
      if (!isAwsError(error) || error.awsName !== OTHER_STATE) throw error;
    }
  };
  const perform = async (step: ReadyStep): Promise<boolean> => {
    switch (step.kind) {
      case 'ready':
        return true;
      case 'start':
        await start();
        return false;
      case 'wait':
        show(step.missing);
        if (step.missing === 'instance' && clock.monotonic() - since >= UNKNOWN_INSTANCE_GRACE_MS)
          throw await unknownInstance(context, title);
        return false;
      case 'fail':
        throw failed(step.because);
    }
  };
  let lastReason = '';
  const failed = (because: Extract<ReadyStep, { readonly kind: 'fail' }>['because']): AwsError => {
    switch (because) {
      case 'terminated':
        return new AwsError(readyFailures['target-terminated'](title));
      case 'not-startable':
        return new AwsError(readyFailures['target-not-startable'](title));
      case 'stopped-again':
        return new AwsError(readyFailures['target-stopped-again'](title, id, lastReason));
    }
  };

  return {
    async isReady() {
      const { starts } = ready;
      questions ??= questionsAbout(id, { calls: await context.aws.calls(), clock, starts });
      const now = await questions.ask();
      if (typeof now.instance === 'object') lastReason = now.instance.reason;
      const step = readyStep(now, { starts, isInstance: isInstanceId(id), progress });
      progress = progressAfter(progress, now);
      return perform(step);
    },
    timedOut: () => notReady({ id, title }, missing ?? 'agent', ready.limitMs),
    end: () => endReport(),
  };
}

async function unknownInstance({ aws }: CommandContext, title: string): Promise<AwsError> {
  const purpose = `start a session on ${title}`;
  return new AwsError(callFailures['target-not-in-region'](purpose, await aws.region()));
}
