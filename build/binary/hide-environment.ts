import { BuildError } from '../runtime/build-error.mjs';

/**
 * Environment variables that change what Node.js does (its documentation, "Environment variables", and
 * those it uses between its own processes).
 */
const VARIABLES: ReadonlySet<string> = new Set([
  'NODE_BENCH_CONTEXT',
  'NODE_BENCH_FILE_RUN_ID',
  'NODE_BENCH_RUN_ID',
  'NODE_CHANNEL_FD',
  'NODE_CHANNEL_SERIALIZATION_MODE',
  'NODE_CLUSTER_SCHED_POLICY',
  'NODE_COMPILE_CACHE',
  'NODE_COMPILE_CACHE_PORTABLE',
  'NODE_COMPILE_CACHE_READONLY',
  'NODE_DEBUG',
  'NODE_DEBUG_NATIVE',
  'NODE_DISABLE_COLORS',
  'NODE_DISABLE_COMPILE_CACHE',
  'NODE_EXTRA_CA_CERTS',
  'NODE_ICU_DATA',
  'NODE_INSPECT_RESUME_ON_START',
  'NODE_MANY_ACCEPTS',
  'NODE_NO_READLINE',
  'NODE_NO_WARNINGS',
  'NODE_OPTIONS',
  'NODE_PATH',
  'NODE_PENDING_DEPRECATION',
  'NODE_PENDING_PIPE_INSTANCES',
  'NODE_PRESERVE_SYMLINKS',
  'NODE_PRESERVE_SYMLINKS_MAIN',
  'NODE_REDIRECT_WARNINGS',
  'NODE_REPL_EXTERNAL_MODULE',
  'NODE_REPL_HISTORY',
  'NODE_REPL_HISTORY_SIZE',
  'NODE_REPL_MODE',
  'NODE_RUN_PACKAGE_JSON_PATH',
  'NODE_RUN_SCRIPT_NAME',
  'NODE_SKIP_PLATFORM_CHECK',
  'NODE_TEST_CONTEXT',
  'NODE_TEST_WORKER_ID',
  'NODE_TLS_REJECT_UNAUTHORIZED',
  'NODE_UNIQUE_ID',
  'NODE_USE_ENV_PROXY',
  'NODE_USE_SYSTEM_CA',
  'NODE_V8_COVERAGE',
  // What OpenSSL reads (openssl-env(7)): a configuration, or a provider, is code to be loaded.
  'OPENSSL_CONF',
  'OPENSSL_CONF_INCLUDE',
  'OPENSSL_ENGINES',
  'OPENSSL_MODULES',
]);

/** How the names begin; every variable of Node.js has to be known, of OpenSSL only the dangerous ones. */
const PREFIXES = ['NODE_', 'OPENSSL_'] as const;
const NAME = /^[A-Z0-9_]+/;
/** A name with a possible prefix is at most this long. */
const LONGEST_CONTEXT_BYTES = 64;
/** How the runtime's own scripts read a variable. */
const READ = /(?:\benv|\bprocess\.env)\.$/;
const WORD = /[A-Za-z0-9_$]/;

/** A variable that the runtime reads is not known to {@link hideEnvironment}. */
export class UnknownVariableError extends BuildError {
  override readonly name = 'UnknownVariableError';
}

/**
 * Makes a runtime deaf to its `NODE_…` and `OPENSSL_…` variables, in place: a program that another one
 * starts, in any environment, must neither be steered by them nor, as with NODE_DEBUG, print what it sends.
 * There is an option against NODE_OPTIONS only; so the names themselves are changed, all through the
 * executable, to ones that no shell can set. Their length stays, and in the runtime's scripts they
 * are identifiers still.
 *
 * @returns the names that were found
 * @throws UnknownVariableError when a script of the runtime reads a variable that is not listed here
 */
export function hideEnvironment(runtime: Buffer): ReadonlySet<string> {
  const found = new Set<string>();
  for (const prefix of PREFIXES) hideNames(runtime, prefix, found);
  return found;
}

function hideNames(runtime: Buffer, prefix: string, found: Set<string>): void {
  let at = runtime.indexOf(prefix);
  for (; at !== -1; at = runtime.indexOf(prefix, at + prefix.length)) {
    const before = runtime.toString('latin1', Math.max(0, at - LONGEST_CONTEXT_BYTES), at);
    const rest = runtime.toString('latin1', at, at + LONGEST_CONTEXT_BYTES);
    const name = NAME.exec(rest)?.[0] ?? '';
    const isWhole = !WORD.test(before.slice(-1)) && !WORD.test(rest.charAt(name.length));
    if (!isWhole) continue;
    if (VARIABLES.has(name)) {
      runtime.write('$', at, 'latin1');
      found.add(name);
    } else if (READ.test(before)) {
      throw new UnknownVariableError(
        `this runtime reads ${name}: add it to build/binary/hide-environment.ts`,
      );
    }
  }
}
