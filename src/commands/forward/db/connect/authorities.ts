import { rootCertificates } from 'node:tls';
import { databaseClientFailures } from '../../../../failures/database-clients.ts';
import { printable } from '../../../../lib/printable.ts';
import { readCertificateFile, splitPem } from '../../../../network/tls/certificate-files.ts';
import { readSystemRoots } from '../../../../network/tls/system-roots.ts';
import { CommandError } from '../../../../cli/framework/command-context.ts';

/**
 * The CA certificates with which the certificate of a database is verified.
 *
 * @param path - the file that the user has named; undefined for those of Node.js and of the system
 * @returns certificates in PEM
 * @throws CommandError when the file has none
 */
export async function readAuthorities(path: string | undefined): Promise<readonly string[]> {
  if (path === undefined) {
    // Those of Node.js end without a line break; joined like that, clients could not read them.
    const own = rootCertificates.flatMap(splitPem);
    return [...new Set([...own, ...(await readSystemRoots())])];
  }
  const { certificates, problem } = await readCertificateFile(path);
  if (problem === undefined) return certificates;
  const failure = databaseClientFailures['database-authorities-unusable'];
  throw new CommandError(failure(printable(path), problem));
}
