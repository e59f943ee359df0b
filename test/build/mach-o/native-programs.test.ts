import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { readLoadCommands } from '../../../build/mach-o/load-commands.ts';
import { verifyMachO } from '../../../build/mach-o/verify.ts';
import { pinnedRuntime } from '../../../build/runtime/runtime.mjs';
import { runTool } from '../../../build/tool.ts';
import { binaryOf } from '../../packaging/support/binaries.ts';
import { requireTools } from '../../support/require-tools.ts';
import { OBJDUMP } from '../../support/tools.ts';

const PROGRAMS = [
  { target: 'macos-x64', runtime: 'darwin-x64', architecture: 'x86_64', cpuType: 'X86_64' },
  { target: 'macos-arm64', runtime: 'darwin-arm64', architecture: 'arm64', cpuType: 'ARM64' },
] as const;

function objdump(option: string, file: string): string {
  // The first line names the file.
  return runTool(OBJDUMP, ['--macho', option, file]).toString('utf8').replace(/^.*\n/, '');
}

for (const { target, runtime, architecture, cpuType } of PROGRAMS) {
  describe(`the program for ${target}`, () => {
    it('is for its architecture, and macOS finds every page as it was signed', (t) => {
      const file = binaryOf(t, target);
      if (file === undefined) return;
      const bytes = readFileSync(file);
      assert.equal(readLoadCommands(bytes).architecture, architecture);
      const { identifier, teamIdentifier } = verifyMachO(bytes);
      assert.equal(identifier, 'session-manager-plugin');
      assert.notEqual(teamIdentifier, 'HX7739G8FX', 'no longer the signature of Node.js');
    });

    it('is a program to LLVM, which finds what was put in and the signature at the end', (t) => {
      if (!requireTools(t, OBJDUMP)) return;
      const file = binaryOf(t, target);
      if (file === undefined) return;
      assert.match(objdump('--private-header', file), new RegExp(`^MH_MAGIC_64 +${cpuType} `, 'm'));
      const commands = objdump('--private-headers', file);
      assert.match(commands, /sectname __NODE_SEA_BLOB\n\s+segname NODE_SEA\n/);
      const number = (name: string): number =>
        Number(new RegExp(`LC_CODE_SIGNATURE[^]*?${name} (\\d+)`).exec(commands)?.[1]);
      assert.equal(number('dataoff') + number('datasize'), readFileSync(file).length);
    });

    it('asks the same of the system, and exports the same, as the runtime it was made of', (t) => {
      if (!requireTools(t, OBJDUMP)) return;
      const file = binaryOf(t, target);
      if (file === undefined) return;
      const original = pinnedRuntime(runtime);
      for (const option of ['--dylibs-used', '--bind', '--lazy-bind', '--weak-bind']) {
        const expected = objdump(option, original);
        assert.notEqual(expected, '');
        assert.equal(objdump(option, file) === expected, true, option);
      }
    });
  });
}
