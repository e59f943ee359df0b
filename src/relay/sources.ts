import { readFileSync } from 'node:fs';
import { stripSource } from './strip-source.ts';

/*
 * The programs of the relay, as they are sent to the target. In the bundle this module has their texts:
 * `build/bundle/embedded-sources.ts`.
 */

/** For Perl 5.10 with the modules of Debian's perl-base. */
export const PERL_SOURCE = readSource('relay.pl', 'perl');
/** For Python 3.6. */
export const PYTHON_SOURCE = readSource('relay.py', 'python');

function readSource(name: string, language: Parameters<typeof stripSource>[1]): string {
  return stripSource(readFileSync(new URL(name, import.meta.url), 'utf8'), language);
}
