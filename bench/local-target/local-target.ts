import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { SessionOptions, StartSessionRequest } from '../../test/local-aws/local-aws.ts';
import type { TargetOrder, TargetReport, TargetSetup } from './local-target-process.ts';
import { nextReport } from '../reports.ts';

/** A local target in a process of its own. */
export interface LocalTarget {
  /** Port of the message gateway and the API. */
  readonly port: number;
  readonly processId: number;
  /** Starts a session; returns the arguments with which the AWS CLI would call the program. */
  start(request: StartSessionRequest, options: SessionOptions): Promise<readonly string[]>;
  /** Ends everything; resolves when the process has ended. */
  close(): Promise<void>;
}

/** Starts a local target. Sessions are started one after another. */
export async function startLocalTarget(setup: TargetSetup = {}): Promise<LocalTarget> {
  const target = fork(join(import.meta.dirname, 'local-target-process.ts'));
  const ready = nextReport<TargetReport, 'ready'>(target, 'ready');
  target.send(setup);
  const { endpoint } = await ready;
  return {
    port: Number(new URL(endpoint).port),
    processId: target.pid ?? 0,
    async start(request, options) {
      const started = nextReport<TargetReport, 'started'>(target, 'started');
      target.send({ request, options } satisfies TargetOrder);
      const { response } = await started;
      return [
        JSON.stringify(response),
        'us-east-1',
        'StartSession',
        '',
        JSON.stringify(request),
        endpoint,
      ];
    },
    async close() {
      if (!target.connected) return;
      const exited = once(target, 'exit');
      target.disconnect();
      await exited;
    },
  };
}
