import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { MachOSignature } from '../../../../build/mach-o/verify.ts';
import { runTool } from '../../../../build/tool.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { OPENSSL } from '../../../support/tools.ts';

/**
 * Lets OpenSSL check who signed the code directory.
 *
 * @param authority - path of the certificate that is trusted, PEM; without one only the signature is
 *   checked, not whose it is
 * @returns the signature as OpenSSL prints it
 */
export function verifyCms(t: TestContext, signature: MachOSignature, authority?: string): string {
  const cwd = temporaryDirectory(t);
  writeFileSync(join(cwd, 'signature'), signature.cms ?? '');
  writeFileSync(join(cwd, 'content'), signature.codeDirectory);
  const cms = ['cms', '-inform', 'DER', '-in', 'signature'];
  const trust = authority === undefined ? ['-noverify'] : ['-CAfile', authority];
  const output = ['-verify', '-binary', '-content', 'content', '-out', 'checked'];
  runTool(OPENSSL, [...cms, ...output, ...trust, '-purpose', 'any'], { cwd });
  assert.deepEqual(readFileSync(join(cwd, 'checked')), signature.codeDirectory);
  return runTool(OPENSSL, [...cms, '-cmsout', '-print'], { cwd }).toString('utf8');
}
