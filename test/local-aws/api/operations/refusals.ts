import type { ApiFailure } from '../answers/refused-request.ts';
import { createCallRates, type CallRates } from './call-rates.ts';

/** Operations that a test lets fail for every caller. */
export interface Refusals {
  /** Answers an operation with this error from now on; with undefined, as usual again. */
  refuse(operation: string, failure: ApiFailure | undefined): void;
  /** What a call fails with; undefined when it is answered. */
  refusal(operation: string): ApiFailure | undefined;
}

/** Refuses nothing at first, but what is above the rates. */
export function createRefusals(rates: CallRates): Refusals {
  const refused = new Map<string, ApiFailure>();
  const throttled = createCallRates(rates, () => performance.now());
  return {
    refuse(operation, failure) {
      if (failure === undefined) refused.delete(operation);
      else refused.set(operation, failure);
    },
    refusal(operation) {
      const failure = refused.get(operation);
      if (failure?.times === undefined) return failure ?? throttled(operation);
      if (failure.times === 1) refused.delete(operation);
      else refused.set(operation, { ...failure, times: failure.times - 1 });
      return failure;
    },
  };
}
