import { readFileSync } from 'node:fs';

/*
 * The programs of the relay, as they are sent to the target. In the bundle this module has their texts:
 * `build/bundle/embedded-sources.ts`.
 */

/** For Perl 5.10 with the modules of Debian's perl-base. */
export const PERL_SOURCE = readSource('relay.pl');
/** For Python 3.6. */
export const PYTHON_SOURCE = readSource('relay.py');

function readSource(name: string): string {
  return readFileSync(new URL(name, import.meta.url), 'utf8');
}
