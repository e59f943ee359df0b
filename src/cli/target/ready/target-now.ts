import type { Aws, InstanceStatus } from '../../../aws/aws.ts';
import { isAwsError, type AwsError } from '../../../aws/sdk/aws-error.ts';
import type { Clock } from '../../../lib/clock.ts';
import { withTimeout } from '../../../lib/with-timeout.ts';
import type { TargetNow } from './ready-step.ts';

/** How ids of EC2 instances begin. */
const INSTANCE_PREFIX = 'i-';
const ONLINE = 'Online';
/**
 * Time limit for EC2 when the wait can do without its answer, in milliseconds: many networks have only the endpoints of
 * sessions.
 */
const STATE_WAIT_MS = 3_000;

/** What is asked about one target, again and again. */
export interface TargetQuestions {
  /**
   * @throws AwsError when AWS cannot be asked, for a reason that does not pass
   */
  ask(): Promise<TargetNow>;
}

/** What the questions work with. */
export interface QuestionOptions {
  readonly calls: Pick<Aws, 'isConnected' | 'instance' | 'nodes'>;
  readonly clock: Clock;
  /** Whether a stopped instance is started: then EC2 has to answer. */
  readonly starts: boolean;
}

/** Whether EC2 has an instance of this id. */
export function isInstanceId(id: string): boolean {
  return id.startsWith(INSTANCE_PREFIX);
}

/** Asks about one target. What the user may not ask stays unknown. */
export function questionsAbout(
  id: string,
  { calls, clock, starts }: QuestionOptions,
): TargetQuestions {
  /** EC2 did not answer, or refused to: it is not asked again. */
  let isWithoutEc2 = !isInstanceId(id);
  /** Failures that pass are reported when nothing has been answered before. */
  let hasAnswered = false;

  const optional = async <T>(answer: Promise<T>): Promise<T | undefined> => {
    try {
      const value = await answer;
      hasAnswered = true;
      return value;
    } catch (error) {
      if (!isAwsError(error) || !(mayMiss(error) || (hasAnswered && error.isTransient)))
        throw error;
      return undefined;
    }
  };
  const stateOf = (answer: Promise<InstanceStatus | undefined>): Promise<TargetNow['instance']> =>
    answer.then((status) => status ?? 'absent');
  const withoutEc2 = (): TargetNow['instance'] => {
    isWithoutEc2 = true;
    return undefined;
  };
  /** The state, if EC2 answers soon. */
  const stateSoon = (asking: Promise<TargetNow['instance']>): Promise<TargetNow['instance']> =>
    withTimeout(clock, STATE_WAIT_MS, asking, withoutEc2).catch((error: unknown) => {
      if (!isAwsError(error)) throw error;
      return error.reason === 'throttled' ? undefined : withoutEc2();
    });
  /** The state, without which the instance cannot be started. */
  const stateNeeded = (asking: Promise<TargetNow['instance']>): Promise<TargetNow['instance']> =>
    asking.catch((error: unknown) => {
      if (!isAwsError(error) || !hasAnswered || !error.isTransient) throw error;
      return undefined;
    });
  /** Its last ping is only of interest while it is not connected. */
  const agent = async (
    connecting: Promise<boolean | undefined>,
  ): Promise<Pick<TargetNow, 'isConnected' | 'ping'>> => {
    const isConnected = await connecting;
    if (isConnected === true) return { isConnected, ping: undefined };
    return { isConnected, ping: await optional(pingOf(calls, id)) };
  };

  return {
    async ask() {
      const connecting = optional(calls.isConnected(id));
      if (isWithoutEc2) return { ...(await agent(connecting)), instance: undefined };
      // The gateway may have not noticed that an instance is being stopped.
      const early = starts ? stateOf(calls.instance(id)) : undefined;
      early?.catch(() => undefined);
      const isConnected = await connecting;
      if (isConnected === true && early === undefined) {
        return { isConnected, instance: undefined, ping: undefined };
      }
      const asking = early ?? stateOf(calls.instance(id));
      const isNeeded = starts && isConnected !== true;
      const instance = await (isNeeded ? stateNeeded(asking) : stateSoon(asking));
      return { ...(await agent(connecting)), instance };
    },
  };
}

function mayMiss({ reason }: AwsError): boolean {
  return reason === 'access-denied' || reason === 'throttled';
}

async function pingOf(
  calls: Pick<Aws, 'nodes'>,
  id: string,
): Promise<Exclude<TargetNow['ping'], undefined>> {
  for await (const node of calls.nodes({ ids: [id] })) {
    if (node.id === id) return node.pingStatus === ONLINE ? 'online' : 'offline';
  }
  return 'offline';
}
