import { INSTALL_DIRECTORY } from '../../install-directory.ts';
import { BuildError } from '../../runtime/build-error.mjs';
import { LIBRARIES_FOR_X86 } from './debian-suite.ts';

/** Where the loader, the libraries and the bundle are installed. */
export const LIBRARY_HOME = `${INSTALL_DIRECTORY}/lib`;

/** The path of the launcher, which callers see as the program. */
const PROGRAM = `${INSTALL_DIRECTORY}/bin/session-manager-plugin`;

const LOADER = LIBRARIES_FOR_X86.loader;

/** Names of files in `lib/`. */
export const NODE = 'node';
export const ENTRY = 'installed.cjs';
/** The start file of the bundle. */
export const MAIN_FILE = 'session-manager-plugin.cjs';

/**
 * Variables that mean nothing to Node.js and the loader here, but something to the program
 * (certificates to trust) or to what it starts (`credential_process`): they pass under other names.
 */
const PASSED_ON = ['LD_PRELOAD', 'NODE_EXTRA_CA_CERTS', 'NODE_OPTIONS'] as const;
/** With these OpenSSL loads code (openssl-env(7)). */
const OPENSSL_VARIABLES = [
  'OPENSSL_CONF',
  'OPENSSL_CONF_INCLUDE',
  'OPENSSL_ENGINES',
  'OPENSSL_MODULES',
] as const;
const PASSED_ON_PREFIX = 'SESSION_MANAGER_PLUGIN_KEPT_';

/**
 * Every variable that Node.js may read, by its name in `libnode.so`: whether in C++ or in one of its
 * own modules, which it contains as Latin-1 or UTF-16. Among them are names of other things, which do
 * no harm.
 *
 * @param library - the bytes of `libnode.so`
 * @throws BuildError when the best known one is missing, so that the search has failed
 */
export function nodeVariables(library: Buffer): readonly string[] {
  const latin1 = library.toString('latin1');
  const wide = /(?:[A-Z0-9_]\0)+/.source;
  const names = new Set([
    ...[...latin1.matchAll(/NODE_[A-Z0-9_]+/g)].map(([name]) => name),
    ...[...latin1.matchAll(new RegExp(`N\0O\0D\0E\0_\0${wide}`, 'g'))].map(([name]) =>
      name.replaceAll('\0', ''),
    ),
  ]);
  if (!names.has('NODE_OPTIONS')) throw new BuildError('libnode does not know NODE_OPTIONS');
  return [...names].sort();
}

/**
 * The program's launcher, a POSIX shell script that is replaced by the program: signals and the exit
 * status are the program's own. The loader is called by name, so that neither the system's loader nor
 * its libraries have a part in it; `LD_LIBRARY_PATH` counts for less than `--library-path` (ld.so(8)).
 * The configuration of OpenSSL is that of no file, and SIGUSR1 opens no debugger to other users.
 *
 * @param ignored - variables that must not reach Node.js
 */
export function launcherText(ignored: readonly string[]): string {
  const kept = PASSED_ON.map((name) => `${PASSED_ON_PREFIX}${name}`);
  const unset = [...new Set([...ignored, ...OPENSSL_VARIABLES, ...PASSED_ON])].sort();
  return `#!/bin/sh
# Runs session-manager-plugin with the Node.js and the libraries beside it.
unset ${kept.join(' ')}
${PASSED_ON.map(passOn).join('\n')}
unset ${unset.join(' ')}
exec ${LIBRARY_HOME}/${LOADER} --library-path ${LIBRARY_HOME} --argv0 ${PROGRAM} \\
  ${LIBRARY_HOME}/${NODE} --disable-sigusr1 --openssl-config=/dev/null \\
  ${LIBRARY_HOME}/${ENTRY} "$@"
`;
}

function passOn(name: string): string {
  const kept = `${PASSED_ON_PREFIX}${name}`;
  return `[ -z "\${${name}+set}" ] || export ${kept}="$${name}"`;
}

/** The module before the bundle: it corrects what is different here, before the program reads it. */
export function entryText(): string {
  return `'use strict';
for (const name of ${JSON.stringify(PASSED_ON)}) {
  const kept = ${JSON.stringify(PASSED_ON_PREFIX)} + name;
  if (process.env[kept] === undefined) continue;
  process.env[name] = process.env[kept];
  delete process.env[kept];
}
// Node.js takes the loader for the program.
process.execPath = ${JSON.stringify(PROGRAM)};
require('./${MAIN_FILE}');
`;
}
