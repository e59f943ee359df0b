import { EventEmitter } from 'node:events';
import {
  createProcessContext,
  type ProcessContext,
} from '../../../src/cli/framework/process-context.ts';
import { watchCommandSignals } from '../../../src/cli/process/signals/command-signals.ts';
import { watchFatalErrors } from '../../../src/cli/process/fatal-errors.ts';
import type { SignalSource } from '../../../src/cli/process/signals/process-signals.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

const NO_PROCESS: SignalSource = {
  platform: 'linux',
  ppid: 1,
  on: () => undefined,
  off: () => undefined,
  kill: () => true,
};

/** The context of a command line, without a process. */
export function contextFor(args: readonly string[]): ProcessContext {
  const signals = watchCommandSignals(NO_PROCESS, true);
  const fatalErrors = watchFatalErrors(new EventEmitter(), createVirtualClock());
  return createProcessContext(args, '1.3.0.0', signals, fatalErrors);
}
