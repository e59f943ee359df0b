import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { readLoadCommands } from '../../../build/mach-o/load-commands.ts';
import { MachOError } from '../../../build/mach-o/mach-o-error.ts';
import { signMachO } from '../../../build/mach-o/sign.ts';
import { verifyMachO } from '../../../build/mach-o/verify.ts';
import { runTool } from '../../../build/tool.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { smallMachO } from './support/small-mach-o.ts';
import { requireTools } from '../../support/require-tools.ts';
import { OBJDUMP } from '../../support/tools.ts';

const IDENTIFIER = 'session-manager-plugin';
const ARCHITECTURES = ['x86_64', 'arm64'] as const;

function sign(bytes: Buffer, identifier = IDENTIFIER): Buffer {
  return signMachO(bytes, identifier);
}

for (const architecture of ARCHITECTURES) {
  describe(`an ad-hoc signature, ${architecture}`, () => {
    const unsigned = smallMachO({ architecture });
    const signed = sign(unsigned);

    it('is found right by the verifier, which computes every hash again', () => {
      const { codeDirectory, ...signature } = verifyMachO(signed);
      assert.deepEqual(signature, {
        identifier: IDENTIFIER,
        teamIdentifier: undefined,
        adHoc: true,
        hardenedRuntime: false,
        pages: 5,
        entitlements: undefined,
        cms: undefined,
      });
      assert.equal(codeDirectory.readUInt32BE(8), 0x20400);
    });

    it('is where LLVM finds it: at the end of __LINKEDIT and of the file', (t) => {
      if (!requireTools(t, OBJDUMP)) return;
      const file = join(temporaryDirectory(t), 'signed');
      writeFileSync(file, signed);
      const headers = runTool(OBJDUMP, ['--macho', '--private-headers', file]).toString('utf8');
      const field = (after: string, name: string): number =>
        Number(new RegExp(`${after}[^]*?\\b${name} (\\S+)`).exec(headers)?.[1]);
      const dataOffset = field('LC_CODE_SIGNATURE', 'dataoff');
      assert.equal(dataOffset, Math.ceil(unsigned.length / 16) * 16);
      assert.equal(dataOffset + field('LC_CODE_SIGNATURE', 'datasize'), signed.length);
      const linkEdit = 'segname __LINKEDIT';
      assert.equal(field(linkEdit, 'fileoff') + field(linkEdit, 'filesize'), signed.length);
      const pageBytes = architecture === 'arm64' ? 0x4000 : 0x1000;
      const vmSize = field(linkEdit, 'vmsize');
      assert.equal(vmSize, Math.ceil(field(linkEdit, 'filesize') / pageBytes) * pageBytes);
    });

    it('leaves everything else as it was', () => {
      const { commandsEnd } = readLoadCommands(signed);
      assert.deepEqual(
        signed.subarray(commandsEnd, unsigned.length),
        unsigned.subarray(commandsEnd),
      );
    });

    it('is replaced, not added, when the file has one', () => {
      assert.deepEqual(sign(signed), signed);
      const other = sign(signed, 'another-name-of-another-length');
      assert.equal(verifyMachO(other).identifier, 'another-name-of-another-length');
      assert.deepEqual(sign(other), signed);
    });

    it('is wrong when any byte of the file before it has changed', () => {
      const { signature } = readLoadCommands(signed);
      for (let offset = 0; offset < (signature?.dataOffset ?? 0); offset++) {
        const damaged = Buffer.from(signed);
        damaged[offset] = damaged.readUInt8(offset) ^ 1;
        assert.throws(() => verifyMachO(damaged), MachOError, `byte ${offset}`);
      }
    });

    it('is wrong when a hash or the requirements in it have changed', () => {
      const { codeDirectory } = verifyMachO(signed);
      const directory = signed.indexOf(codeDirectory);
      const hashes = directory + 88 + IDENTIFIER.length + 1;
      const requirements = directory + codeDirectory.length;
      for (let offset = hashes; offset < requirements + 12; offset++) {
        const damaged = Buffer.from(signed);
        damaged[offset] = damaged.readUInt8(offset) ^ 0x80;
        assert.throws(() => verifyMachO(damaged), MachOError, `byte ${offset}`);
      }
    });

    it('is wrong when the file is cut off or goes on', () => {
      for (const length of [0, 3, 31, 100, 300, 0x4000, signed.length - 1]) {
        assert.throws(() => verifyMachO(signed.subarray(0, length)), MachOError, `${length} bytes`);
      }
      assert.throws(() => verifyMachO(Buffer.concat([signed, Buffer.alloc(16)])), MachOError);
    });
  });
}

it('a file without a signature is reported as such', () => {
  assert.throws(() => verifyMachO(smallMachO({ architecture: 'arm64' })), /is not signed/);
});

describe('what cannot be signed', () => {
  const machO = smallMachO({ architecture: 'x86_64' });
  const withUint32 = (offset: number, value: number): Buffer => {
    const copy = Buffer.from(machO);
    copy.writeUInt32LE(value, offset);
    return copy;
  };
  const cases: readonly (readonly [string, Buffer, RegExp])[] = [
    ['an empty file', Buffer.alloc(0), /too short/],
    ['another file', Buffer.from('#!/bin/sh\n'.repeat(10)), /no Mach-O file/],
    ['a universal file', withUint32(0, 0xbebafeca), /universal/],
    ['a 32-bit file', withUint32(0, 0xfeedface), /32-bit/],
    ['a library', withUint32(12, 6), /no executable/],
    ['another processor', withUint32(4, 7), /neither x86_64 nor arm64/],
    ['commands beyond the end', withUint32(20, 0x7fffffff), /cut off/],
    ['a command that is too long', withUint32(36, 0x10000), /load command 0 is cut off/],
    ['a command without length', withUint32(36, 0), /load command 0 is cut off/],
    ['bytes after the last segment', Buffer.concat([machO, Buffer.alloc(1)]), /does not end with/],
    ['no room', smallMachO({ architecture: 'arm64', room: 8 }), /no room/],
  ];
  for (const [name, bytes, message] of cases) {
    it(`${name}: an error reports it`, () => {
      assert.throws(
        () => sign(bytes),
        (error) => error instanceof MachOError && message.test(error.message),
      );
    });
  }

  it('with exactly enough room it is signed', () => {
    verifyMachO(sign(smallMachO({ architecture: 'arm64', room: 16 })));
  });
});
