import type { Clock } from '../../lib/clock.ts';
import type { Account, CommonOptions } from './command-context.ts';

/** The options of a command: those of the command line, then also those of its target. */
export interface ChosenOptions {
  /** Undefined until the command line has been read. */
  readonly current: CommonOptions | undefined;
  /** @throws Error when the command line has not been read yet */
  required(): CommonOptions;
  take(options: CommonOptions): void;
  /**
   * Passes on what AWS is asked with. From its first call on, the account and the region stay as they are.
   */
  settling<T>(make: () => T): () => T;
  /** As `CommandContext.readyUntil`. */
  readyUntil(clock: Pick<Clock, 'monotonic'>): number | undefined;
  /** As `CommandContext.endReadyWait`. */
  endReadyWait(): void;
  /** As `CommandContext.useAccount`. */
  useAccount(named: Account): boolean;
}

/** Options that are not chosen yet. */
export function createChosenOptions(): ChosenOptions {
  let commandLine: CommonOptions | undefined;
  let selected: Account | undefined;
  let readyUntil: number | undefined;
  const current = (): CommonOptions | undefined =>
    commandLine === undefined ? undefined : { ...commandLine, ...selected };
  return {
    get current() {
      return current();
    },
    required() {
      const options = current();
      if (options === undefined) throw new Error('the command line has not been read yet');
      return options;
    },
    take(options) {
      commandLine = options;
    },
    settling: (make) => () => {
      selected ??= commandLine && { profile: commandLine.profile, region: commandLine.region };
      return make();
    },
    readyUntil(clock) {
      if (commandLine?.ready === undefined) return undefined;
      return (readyUntil ??= clock.monotonic() + commandLine.ready.limitMs);
    },
    endReadyWait() {
      readyUntil = -Infinity;
    },
    useAccount(named) {
      const account = joinAccounts(commandLine ?? named, named);
      selected ??= account;
      return selected.profile === account.profile && selected.region === account.region;
    },
  };
}

/**
 * Joins what selects an account: what the command line names has precedence over what a target names.
 *
 * @param given - by the command line
 */
export function joinAccounts(given: Account, named: Account): Account {
  return {
    profile: given.profile === '' ? named.profile : given.profile,
    region: given.region === '' ? named.region : given.region,
  };
}
