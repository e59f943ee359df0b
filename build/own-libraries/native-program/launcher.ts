import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTool, type Tool } from '../../tool.ts';
import type { NativeArchitecture } from './architectures.ts';

export const LLVM_MC: Tool = { program: 'llvm-mc', debianPackage: 'llvm' };
export const LLVM_OBJCOPY: Tool = { program: 'llvm-objcopy', debianPackage: 'llvm' };

/** Of the headers of an ELF-64 file (System V gABI, "Object Files"), in bytes. */
const FILE_HEADER_BYTES = 64;
const SEGMENT_HEADER_BYTES = 56;
const SEGMENT_COUNT = 2;
const HEADERS_BYTES = FILE_HEADER_BYTES + SEGMENT_COUNT * SEGMENT_HEADER_BYTES;
/** 64 bits, least significant byte first, version 1, System V. */
const IDENTIFICATION = [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0];
/** Without an interpreter, the kernel puts it anywhere, out of the way of programs with fixed addresses. */
const SHARED_OBJECT = 3;
const LOADABLE = 1;
const STACK = 0x6474e551;
const READ_EXECUTE = 5;
const READ_WRITE = 6;
/** The largest pages of Linux on ARM64. */
const PAGE_BYTES = 0x10000;
const STACK_ALIGNMENT = 16;

/**
 * Writes the launcher of a program: a static executable of about 1 KB, without an interpreter.
 *
 * @param output - the file to write
 * @throws ToolError when llvm is missing or fails
 */
export function writeLauncher({ name, triple, machine }: NativeArchitecture, output: string): void {
  const directory = mkdtempSync(join(tmpdir(), 'launcher-'));
  try {
    const [object, code] = [join(directory, 'object'), join(directory, 'code')];
    const source = join(import.meta.dirname, `launcher-${name}.s`);
    runTool(LLVM_MC, [`--triple=${triple}`, '--filetype=obj', '-o', object, source]);
    runTool(LLVM_OBJCOPY, ['--output-target=binary', '--only-section=.text', object, code]);
    writeFileSync(output, executable(machine, readFileSync(code)));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/**
 * An executable of code that runs at any address.
 *
 * @param machine - the processor, as ELF numbers it
 * @param code - starts at its first byte
 */
function executable(machine: number, code: Buffer): Buffer {
  const headers = Buffer.alloc(HEADERS_BYTES);
  headers.set(IDENTIFICATION);
  headers.writeUInt16LE(SHARED_OBJECT, 16);
  headers.writeUInt16LE(machine, 18);
  headers.writeUInt32LE(1, 20);
  headers.writeBigUInt64LE(BigInt(HEADERS_BYTES), 24);
  headers.writeBigUInt64LE(BigInt(FILE_HEADER_BYTES), 32);
  headers.writeUInt16LE(FILE_HEADER_BYTES, 52);
  headers.writeUInt16LE(SEGMENT_HEADER_BYTES, 54);
  headers.writeUInt16LE(SEGMENT_COUNT, 56);
  const segment = (
    index: number,
    type: number,
    flags: number,
    bytes: number,
    align: number,
  ): void => {
    const at = FILE_HEADER_BYTES + index * SEGMENT_HEADER_BYTES;
    headers.writeUInt32LE(type, at);
    headers.writeUInt32LE(flags, at + 4);
    headers.writeBigUInt64LE(BigInt(bytes), at + 32);
    headers.writeBigUInt64LE(BigInt(bytes), at + 40);
    headers.writeBigUInt64LE(BigInt(align), at + 48);
  };
  segment(0, LOADABLE, READ_EXECUTE, HEADERS_BYTES + code.length, PAGE_BYTES);
  segment(1, STACK, READ_WRITE, 0, STACK_ALIGNMENT);
  return Buffer.concat([headers, code]);
}
