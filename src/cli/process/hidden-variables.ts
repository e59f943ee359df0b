/** How names of variables of glibc's loader begin (ld.so(8)). */
const LOADER_PREFIX = 'LD_';
/** What the launcher of a program with its own libraries makes of that (build/own-libraries/native-program/). */
const HIDDEN_PREFIX = '$D_';

/**
 * Gives variables of the loader their names again, for the programs that this one starts. The launcher has hidden
 * them from the loader of the program itself.
 *
 * @param env - that of the process, which changes
 */
export function restoreHiddenVariables(env: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(env)) {
    if (!name.startsWith(HIDDEN_PREFIX)) continue;
    env[LOADER_PREFIX + name.slice(HIDDEN_PREFIX.length)] = env[name];
    Reflect.deleteProperty(env, name);
  }
}
