import { createDeferred } from '../../../../lib/deferred.ts';
import { asError } from '../../../../lib/errors/as-error.ts';
import {
  startAttempt,
  type Inspection,
  type InspectionAttempt,
  type InspectionHost,
} from './inspection-attempt.ts';

/** How often the command is started when it stops without an end. */
const TRIES = 4;

/** Replies of the script (`inspectScript`). */
const REPLIES = 4;

/** Replies of the script, also when its session is lost: it then runs again. */
export interface InspectionRun {
  /** A reply, by its place. Rejects when the inspection fails. */
  reply(index: number): Promise<Buffer>;
  /** Lets the command end by itself, but not for long. Resolves when all its sessions have ended. */
  finish(): Promise<void>;
  /** Ends the command at once. Resolves when all its sessions have ended. */
  stop(): Promise<void>;
}

type State =
  | { readonly kind: 'running'; readonly attempt: InspectionAttempt; readonly tries: number }
  | { readonly kind: 'ended' };

/** Starts an inspection. After its signal or a failure it has to be stopped, too. */
export function runInspection(inspection: Inspection, host: InspectionHost): InspectionRun {
  const { signal } = inspection;
  const replies = Array.from({ length: REPLIES }, () => createDeferred<Buffer>());
  const failed = createDeferred<unknown>();
  const failure = failed.promise.then((error) => Promise.reject(asError(error)));
  failure.catch(() => undefined);
  const endings: Promise<void>[] = [];

  const begin = (tries: number): State => {
    const attempt = startAttempt(inspection, host, {
      reply: (index, content) => replies[index]?.resolve(Buffer.from(content)),
      lost(error) {
        endings.push(attempt.stop());
        if (tries < TRIES) state = begin(tries + 1);
        else fail(error);
      },
      failed: (error) => fail(error),
    });
    return { kind: 'running', attempt, tries };
  };
  const end = (how: (attempt: InspectionAttempt) => Promise<void>): void => {
    if (state.kind === 'ended') return;
    endings.push(how(state.attempt));
    state = { kind: 'ended' };
    signal.removeEventListener('abort', abort);
  };
  const fail = (error: unknown): void => {
    failed.resolve(error);
    end((attempt) => attempt.stop());
  };
  const abort = (): void => fail(signal.reason);

  let state: State = signal.aborted ? { kind: 'ended' } : begin(1);
  if (signal.aborted) failed.resolve(signal.reason);
  else signal.addEventListener('abort', abort);
  return {
    reply: (index) => Promise.race([replies[index]?.promise ?? failure, failure]),
    async finish() {
      end((attempt) => attempt.finish());
      await Promise.all(endings);
    },
    async stop() {
      end((attempt) => attempt.stop());
      await Promise.all(endings);
    },
  };
}
