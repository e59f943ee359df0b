import { dirname } from 'node:path';
import { readBuildFacts } from '../about/build-facts.ts';

/** How names of variables of glibc's loader begin (ld.so(8)). */
const LOADER_PREFIX = 'LD_';
/** What the launcher of a program with its own libraries makes of that (build/own-libraries/native-program/). */
const HIDDEN_PREFIX = '$D_';
/** How the names of targets end whose programs have that launcher (build/targets.ts). */
const STATIC_SUFFIX = '-static';

/**
 * Gives variables of the loader their names again, for the programs that this one starts. The launcher has hidden
 * them from the loader of the program itself. Without a launcher, such a variable is one of the user: it stays as
 * it is, because what may set it need not be allowed to set variables of the loader.
 *
 * @param env - that of the process, which changes
 * @param hasLauncher - by default, whether the record of the build names such a target
 */
export function restoreHiddenVariables(
  env: NodeJS.ProcessEnv,
  hasLauncher: () => boolean = isStatic,
): void {
  const hidden = Object.keys(env).filter((name) => name.startsWith(HIDDEN_PREFIX));
  if (hidden.length === 0 || !hasLauncher()) return;
  for (const name of hidden) {
    env[LOADER_PREFIX + name.slice(HIDDEN_PREFIX.length)] = env[name];
    Reflect.deleteProperty(env, name);
  }
}

function isStatic(): boolean {
  return readBuildFacts(dirname(process.execPath))?.target.endsWith(STATIC_SUFFIX) === true;
}
