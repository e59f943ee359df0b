import assert from 'node:assert/strict';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { arch, platform } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { dropZeros } from '../../../build/elf/drop-zeros.ts';
import { ElfError } from '../../../build/elf/elf-format.ts';
import {
  ASSEMBLER,
  LINKER,
  READELF,
} from '../../../build/own-libraries/debian-node/icu-library.ts';
import { runTool } from '../../../build/tool.ts';
import { spawnSync } from '../../support/child-process.ts';
import { needs } from '../../support/require-tools.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const ZEROS_BYTES = 1024 * 1024;
/** The largest page of Linux on x86-64, with which its linker aligns segments. */
const PAGE_BYTES = 4096;

/** Writes what is before and after the zeros, and a variable, to its standard output (syscalls(2)). */
const PROGRAM = `.globl _start
.text
_start:
  mov $before, %rsi
  call write
  mov $after, %rsi
  call write
  movb $0x21, variable
  mov $variable, %rsi
  call write
  mov $60, %eax
  xor %edi, %edi
  syscall
write:
  mov $1, %eax
  mov $1, %edi
  mov $4, %edx
  syscall
  ret
.section .rodata
before: .ascii "one "
.zero ZEROS
after: .ascii "two "
.data
variable: .ascii "???\\n"
`;

const HERE = { obstacle: isHere() ? undefined : 'The program is for Linux on x86-64.' };

function isHere(): boolean {
  return `${platform()}-${arch()}` === 'linux-x64';
}

function assemble(t: TestContext, zeros: number): Buffer {
  const directory = temporaryDirectory(t);
  writeFileSync(join(directory, 'program.s'), PROGRAM.replace('ZEROS', String(zeros)));
  runTool(ASSEMBLER, ['-o', 'program.o', 'program.s'], { cwd: directory });
  runTool(LINKER, ['-z', 'separate-code', '-o', 'program', 'program.o'], { cwd: directory });
  return readFileSync(join(directory, 'program'));
}

function store(t: TestContext, program: Buffer): string {
  const path = join(temporaryDirectory(t), 'program');
  writeFileSync(path, program);
  chmodSync(path, 0o755);
  return path;
}

function run(t: TestContext, program: Buffer): string {
  const { status, stdout } = spawnSync(store(t, program), [], { encoding: 'utf8' });
  assert.equal(status, 0);
  return stdout;
}

describe('the zeros of a program', needs(ASSEMBLER, LINKER, READELF, HERE), () => {
  it('are left out of its file, and it runs as before', (t) => {
    const whole = assemble(t, ZEROS_BYTES);
    const smaller = dropZeros(whole);
    assert.ok(whole.length - smaller.length >= ZEROS_BYTES - 3 * PAGE_BYTES);
    assert.equal(run(t, whole), 'one two !??\n');
    assert.equal(run(t, smaller), 'one two !??\n');
  });

  it('leave headers that tools read without a warning, and two halves of the section around them', (t) => {
    const path = store(t, dropZeros(assemble(t, ZEROS_BYTES)));
    const args = ['--file-header', '--segments', '--sections', '--wide', path];
    const { status, stdout, stderr } = spawnSync(READELF.program, args, { encoding: 'utf8' });
    assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
    assert.equal(stdout.match(/ \.rodata +PROGBITS /g)?.length, 2);
  });

  it('are missed where there are none, and a file that is no program is refused', (t) => {
    assert.throws(() => dropZeros(assemble(t, 8)), ElfError);
    assert.throws(() => dropZeros(Buffer.alloc(100)), ElfError);
    assert.throws(() => dropZeros(assemble(t, ZEROS_BYTES).subarray(0, 200)), ElfError);
  });
});
