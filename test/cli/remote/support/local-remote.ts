import type { TestContext } from 'node:test';
import { createProcessContext } from '../../../../src/cli/framework/process-context.ts';
import { watchFatalErrors } from '../../../../src/cli/process/fatal-errors.ts';
import { watchCommandSignals } from '../../../../src/cli/process/signals/command-signals.ts';
import { createRemote, type Remote } from '../../../../src/cli/remote/remote.ts';
import { systemClock } from '../../../../src/lib/clock.ts';
import {
  startLocalAws,
  type AgentOptions,
  type LocalAws,
  type LocalAwsOptions,
} from '../../../local-aws/local-aws.ts';
import { STATIC_CREDENTIALS } from '../../../program/support/program.ts';
import { TARGET } from '../../../program/support/target.ts';

/** The local target, and what runs commands on it in this process. */
export interface LocalRemote {
  readonly aws: LocalAws;
  readonly remote: Remote;
  /** Ends all commands. */
  readonly abort: () => void;
}

/** What differs from one local target to another. */
export interface LocalRemoteOptions {
  readonly aws?: LocalAwsOptions;
  readonly agent?: AgentOptions;
  readonly target?: string;
}

// Each test has a context of its own, and each context listens to the process.
for (const emitter of [process, process.stdout, process.stderr]) emitter.setMaxListeners(0);

/** Starts the local target for one test. */
export async function startLocalRemote(
  t: TestContext,
  { aws: options, agent, target = TARGET }: LocalRemoteOptions = {},
): Promise<LocalRemote> {
  const aws = await startLocalAws({
    ...options,
    ...(agent === undefined ? {} : { sessions: { agent } }),
  });
  t.after(() => aws.close());
  Object.assign(process.env, {
    AWS_REGION: aws.region,
    AWS_ENDPOINT_URL: aws.endpoint,
    AWS_EC2_METADATA_DISABLED: 'true',
    HOME: '/nonexistent',
    ...STATIC_CREDENTIALS,
  });
  const stopped = new AbortController();
  const signals = watchCommandSignals(process, false);
  t.after(() => signals.own.stop());
  const fatalErrors = watchFatalErrors(process, systemClock);
  const { context, takeOptions } = createProcessContext([], '1.2.764.0', signals, fatalErrors);
  takeOptions({
    ...{ profile: '', region: '', endpointUrl: '', quiet: false, json: false },
    ...{ logLevel: undefined, color: false, login: false, ready: undefined },
  });
  return {
    aws,
    remote: createRemote({
      context,
      target: { id: target, title: target, node: undefined },
      reason: undefined,
      stopped: stopped.signal,
    }),
    abort: () => stopped.abort(),
  };
}
