import { sessionFailures } from '../../failures/session.ts';
import { ConfigurationError } from '../../lib/errors/configuration-error.ts';

/** Behaviour that the user sets by environment variables. */
export interface Settings {
  /** Stream messages each second; 0 means no limit. */
  readonly messagesPerSecond: number;
  readonly pingIntervalMs: number;
  readonly resumeTimeoutMs: number;
  /** Bind address of forwarded ports; undefined for localhost. */
  readonly localHost: string | undefined;
  /** No messages of the program's own but failures. */
  readonly quiet: boolean;
}

/** The service is reported to cut sockets that send much more than 1000 messages a second. */
const DEFAULT_MESSAGES_PER_SECOND = 900;
/** What the public client does; the service drops sockets that are idle for longer. */
const DEFAULT_PING_INTERVAL_SECONDS = 300;
/** The service's default idle timeout: after it the session has ended anyway. */
const DEFAULT_RESUME_TIMEOUT_SECONDS = 1200;
/** The longest delay a timer of the runtime takes, in seconds (2^31 - 1 ms). */
const LONGEST_TIMER_SECONDS = 2_147_483;
const HIGHEST_MESSAGE_RATE = 1_000_000;
const MS_PER_SECOND = 1000;

/** Reads the settings. @throws ConfigurationError `setting`, naming the variable, its value and what is expected */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const localHost = env['SSM_PLUGIN_LOCAL_HOST'];
  return {
    messagesPerSecond: readNumber(
      env,
      'SSM_PLUGIN_MAX_MESSAGE_RATE',
      DEFAULT_MESSAGES_PER_SECOND,
      { least: 0, most: HIGHEST_MESSAGE_RATE },
      'messages per second, 0 for no limit',
    ),
    pingIntervalMs:
      MS_PER_SECOND *
      readNumber(
        env,
        'SSM_PLUGIN_PING_INTERVAL',
        DEFAULT_PING_INTERVAL_SECONDS,
        { least: 1, most: LONGEST_TIMER_SECONDS },
        'seconds between pings',
      ),
    resumeTimeoutMs:
      MS_PER_SECOND *
      readNumber(
        env,
        'SSM_PLUGIN_RESUME_TIMEOUT',
        DEFAULT_RESUME_TIMEOUT_SECONDS,
        { least: 0, most: LONGEST_TIMER_SECONDS },
        'how long, in seconds, to keep trying to resume a lost connection',
      ),
    localHost: localHost === '' ? undefined : localHost,
    quiet: readSwitch(env, QUIET, 'to print no messages except failures'),
  };
}

const QUIET = 'SSM_PLUGIN_QUIET';
const SWITCH: ReadonlyMap<string, boolean> = new Map(
  Object.entries({
    '': false,
    '0': false,
    '1': true,
    false: false,
    true: true,
  }),
);

/** Whether SSM_PLUGIN_QUIET is on. An invalid value counts as off here; sessions refuse it. */
export function wantsQuiet(env: NodeJS.ProcessEnv): boolean {
  return switchIn(env[QUIET]) ?? false;
}

function readSwitch(env: NodeJS.ProcessEnv, name: string, purpose: string): boolean {
  const value = switchIn(env[name]);
  if (value !== undefined) return value;
  throw invalid(env, name, `Set 1 ${purpose}, or 0`);
}

/** @returns undefined for an invalid value */
function switchIn(text = ''): boolean | undefined {
  return SWITCH.get(text.trim().toLowerCase());
}

function readNumber(
  env: NodeJS.ProcessEnv,
  name: string,
  fallback: number,
  range: { readonly least: number; readonly most: number },
  meaning: string,
): number {
  const text = env[name]?.trim() ?? '';
  if (text === '') return fallback;
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (value >= range.least && value <= range.most) return value;
  throw invalid(env, name, `Set a whole number from ${range.least} to ${range.most} (${meaning})`);
}

function invalid(env: NodeJS.ProcessEnv, name: string, remedy: string): ConfigurationError {
  const failure = sessionFailures['setting-invalid'](name, env[name]?.trim() ?? '', remedy);
  return new ConfigurationError('setting', failure.problem, failure.remedy);
}
