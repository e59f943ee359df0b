import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTool, ToolError, type Tool } from '../../tool.ts';
import { isNeeded } from '../../icu/needed-items.ts';
import { reduceIcuData } from '../../icu/reduce-data.ts';

export const READELF: Tool = { program: 'readelf', debianPackage: 'binutils' };
export const ASSEMBLER: Tool = { program: 'as', debianPackage: 'binutils' };
export const LINKER: Tool = { program: 'ld', debianPackage: 'binutils' };

/** Where the only symbol of ICU's library of data is: `5: 00002000 0x1f92d20 OBJECT … icudt78_dat`. */
const SYMBOL = /^\s*\d+: ([0-9a-f]+) (\S+) OBJECT\s+GLOBAL\s+DEFAULT\s+\d+ (icudt\d+_dat)$/m;
/** `[11] .rodata PROGBITS 00002000 002000 …`: address and offset in the file, hexadecimal. */
const READ_ONLY_DATA = /\] \.rodata\s+PROGBITS\s+([0-9a-f]+) ([0-9a-f]+)/;

/**
 * Makes a smaller library of ICU's data: one symbol, as ICU's own tool for packing data makes it, with
 * what the program needs.
 *
 * @param library - path of `libicudata.so.<version>` for i386
 * @param name - its name for the loader (`DT_SONAME`), which the other libraries ask for
 * @param output - the file to be written
 * @throws ToolError when the library is not as expected, or binutils is missing or makes no i386
 */
export function writeSmallIcuLibrary(library: string, name: string, output: string): void {
  const { symbol, data } = readIcuData(library);
  const directory = mkdtempSync(join(tmpdir(), 'icu-data-'));
  try {
    // Everything by short names in one directory, which must not get into the output.
    writeFileSync(join(directory, 'data'), reduceIcuData(data, isNeeded));
    writeFileSync(join(directory, 'data.s'), assembly(symbol));
    runTool(ASSEMBLER, ['--32', '-o', 'data.o', 'data.s'], { cwd: directory });
    const format = ['-m', 'elf_i386', '-shared', '-z', 'noexecstack', '--build-id=none'];
    runTool(LINKER, [...format, '-soname', name, '-o', 'library', 'data.o'], { cwd: directory });
    writeFileSync(output, readFileSync(join(directory, 'library')));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function assembly(symbol: string): string {
  return `.section .rodata
.balign 16
.globl ${symbol}
.type ${symbol}, @object
${symbol}:
.incbin "data"
.size ${symbol}, . - ${symbol}
.section .note.GNU-stack, "", @progbits
`;
}

function readIcuData(library: string): { readonly symbol: string; readonly data: Buffer } {
  const args = ['--dyn-syms', '--section-headers', '--wide', library];
  const text = runTool(READELF, args, { env: { LC_ALL: 'C' } }).toString('utf8');
  const [, address = '', size = '', symbol = ''] = SYMBOL.exec(text) ?? [];
  const [, sectionAddress = '', sectionOffset = ''] = READ_ONLY_DATA.exec(text) ?? [];
  // readelf prints the size in decimal, and with a leading 0x when it is large.
  const start = parseInt(sectionOffset, 16) + parseInt(address, 16) - parseInt(sectionAddress, 16);
  const end = start + Number(size);
  if (symbol === '' || !Number.isSafeInteger(end)) {
    throw new ToolError(`${library} has no symbol with the data of ICU`);
  }
  return { symbol, data: readFileSync(library).subarray(start, end) };
}
