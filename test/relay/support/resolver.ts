import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import type { CleanupScope } from '../../support/cleanup-scope.ts';
import type { RelayCommand } from './relay-process.ts';

/** How a relay resolves names in a test. */
export interface ResolverSources {
  /** Replaces `socket.getaddrinfo`. */
  readonly python: string;
  /** Replaces `Socket::getaddrinfo`; a module `Names`. */
  readonly perl: string;
}

/** A relay with another resolver: both languages load a module before their program. */
export function withResolver(scope: CleanupScope, { python, perl }: ResolverSources): RelayCommand {
  const modules = temporaryDirectory(scope);
  writeFileSync(join(modules, 'sitecustomize.py'), python);
  writeFileSync(join(modules, 'Names.pm'), perl);
  const variables = `export PYTHONPATH=${modules} PERL5OPT='-I${modules} -MNames'`;
  return { changed: (script) => `${variables}\n${script}` };
}
