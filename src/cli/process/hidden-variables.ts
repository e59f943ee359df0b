import { dirname } from 'node:path';
import { readBuildFacts } from '../about/build-facts.ts';

/** How names of variables begin that glibc's loader reads (ld.so(8)). The second is that of `GLIBC_TUNABLES`. */
export const LOADER_PREFIXES = ['LD_', 'GLIBC_TU'] as const;
/** What the launcher of a program with its own libraries makes of their first letter (build/own-libraries/native-program/). */
const HIDDEN_LETTER = '$';
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
  const hidden = Object.keys(env).flatMap((name) => {
    const shown = shownName(name);
    return shown === undefined ? [] : [{ name, shown }];
  });
  if (hidden.length === 0 || !hasLauncher()) return;
  for (const { name, shown } of hidden) {
    env[shown] = env[name];
    Reflect.deleteProperty(env, name);
  }
}

function shownName(name: string): string | undefined {
  if (!name.startsWith(HIDDEN_LETTER)) return undefined;
  const prefix = LOADER_PREFIXES.find((each) => name.startsWith(each.slice(1), 1));
  return prefix === undefined ? undefined : prefix.slice(0, 1) + name.slice(1);
}

function isStatic(): boolean {
  return readBuildFacts(dirname(process.execPath))?.target.endsWith(STATIC_SUFFIX) === true;
}
