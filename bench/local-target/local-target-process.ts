// The local target in a process of its own, started by local-target.ts: what it costs must not be
// measured as the program's.

import {
  startLocalAws,
  type LocalAwsOptions,
  type SessionOptions,
  type SessionResponse,
  type StartSessionRequest,
} from '../../test/local-aws/local-aws.ts';

/** How the local target is set up: the first message of local-target.ts. */
export type TargetSetup = Pick<LocalAwsOptions, 'tls' | 'hostName' | 'sessions'>;

/** What local-target.ts asks for, by a message between the processes. */
export interface TargetOrder {
  readonly request: StartSessionRequest;
  readonly options: SessionOptions;
}

/** What the local target reports to local-target.ts. */
export type TargetReport =
  | { readonly kind: 'ready'; readonly endpoint: string }
  | { readonly kind: 'started'; readonly response: SessionResponse };

function report(message: TargetReport): void {
  process.send?.(message);
}

const setup = await new Promise<TargetSetup>((resolve) => {
  process.once('message', (message: TargetSetup) => resolve(message));
});
const localAws = await startLocalAws(setup);
process.on('message', ({ request, options }: TargetOrder) => {
  void localAws
    .startSession(request, options)
    .then((response) => report({ kind: 'started', response }));
});
process.on('disconnect', () => void localAws.close());
report({ kind: 'ready', endpoint: localAws.endpoint });
