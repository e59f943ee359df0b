# Starts the program in ../lib by the loader there, for Linux on ARM64: see launcher-x64.s.
#
# The layout of the stack is that of the System V ABI for AArch64.

.equ SYS_OPENAT, 56
.equ SYS_CLOSE, 57
.equ SYS_WRITE, 64
.equ SYS_PREAD, 67
.equ SYS_READLINKAT, 78
.equ SYS_EXIT, 93
.equ SYS_MMAP, 222
.equ AT_FDCWD, -100

# The frame: the beginning of the loader's file, and four paths. PATH_MAX is 4096; what is appended is short.
.equ PATH_BYTES, 4096
.equ BUFFER_BYTES, 4224
.equ HEADER_BYTES, 1024
.equ FRAME_BYTES, HEADER_BYTES + 4 * BUFFER_BYTES

# The header of a file and of its segments.
.equ ENTRY, 24
.equ SEGMENTS, 32
.equ SEGMENT_COUNT, 56
.equ SEGMENT_BYTES, 56
.equ PT_LOAD, 1
.equ SEGMENT_FLAGS, 4
.equ FLAG_EXECUTE, 1
.equ FLAG_WRITE_BIT, 1
.equ FILE_OFFSET, 8
.equ ADDRESS, 16
.equ FILE_BYTES, 32
.equ MEMORY_BYTES, 40
.equ ALIGNMENT, 48

# getauxval(3)
.equ AT_PHDR, 3
.equ AT_PHNUM, 5
.equ AT_BASE, 7
.equ AT_ENTRY, 9

# Arguments that come before those of the user: the path, five words of options, the program.
.equ ADDED_ARGUMENTS, 7

# How names of variables begin that glibc's loader reads (ld.so(8)), as numbers.
.equ LOADER_PREFIX, 0x5f444c			// "LD_"
.equ LOADER_PREFIX_MASK, 0xffffff
.equ TUNABLES_PREFIX, 0x55545f4342494c47	// "GLIBC_TU"

# x19: the vector from the kernel. x20: the header. x21 to x24: this file's path, and the paths of libraries,
# loader and program.
	mov	x19, sp
	mov	x9, FRAME_BYTES
	sub	sp, sp, x9
	mov	x20, sp
	add	x21, x20, HEADER_BYTES
	mov	x9, BUFFER_BYTES
	add	x22, x21, x9
	add	x23, x22, x9
	add	x24, x23, x9

# x25, until the paths are written: the length of the directory above that of this file, with its slash.
	mov	x0, AT_FDCWD
	adr	x1, self_link
	mov	x2, x21
	mov	x3, PATH_BYTES - 1
	mov	x8, SYS_READLINKAT
	svc	0
	cmp	x0, 0
	b.le	no_self
	strb	wzr, [x21, x0]
	mov	x9, 2
1:	subs	x0, x0, 1
	b.mi	no_loader
	ldrb	w10, [x21, x0]
	cmp	w10, '/'
	b.ne	1b
	subs	x9, x9, 1
	b.ne	1b
	add	x25, x0, 1

	mov	x0, x22
	adr	x1, libraries_name
	bl	append
	mov	x0, x23
	adr	x1, loader_name
	bl	append
	mov	x0, x24
	adr	x1, program_name
	bl	append

# x26: the descriptor of the loader's file.
	mov	x0, AT_FDCWD
	mov	x1, x23
	mov	x2, 0x80000		// O_RDONLY | O_CLOEXEC
	mov	x8, SYS_OPENAT
	svc	0
	tbnz	x0, 63, no_loader
	mov	x26, x0
	mov	x1, x20
	mov	x2, HEADER_BYTES
	mov	x3, 0
	mov	x8, SYS_PREAD
	svc	0
	cmp	x0, HEADER_BYTES
	b.ne	no_loader

# x27: where the loader is in memory. All of it is reserved first, and is zero. x28: the header of a segment.
	ldr	x28, [x20, SEGMENTS]
	add	x28, x20, x28
	ldrh	w9, [x20, SEGMENT_COUNT]
	mov	x1, 0
1:	ldr	w10, [x28]
	cmp	w10, PT_LOAD
	b.ne	2f
	ldr	x10, [x28, ADDRESS]
	ldr	x11, [x28, MEMORY_BYTES]
	add	x10, x10, x11
	cmp	x10, x1
	csel	x1, x10, x1, hi
2:	add	x28, x28, SEGMENT_BYTES
	subs	w9, w9, 1
	b.ne	1b
	mov	x0, 0
	mov	x2, 3			// PROT_READ | PROT_WRITE
	mov	x3, 0x22		// MAP_PRIVATE | MAP_ANONYMOUS
	mov	x4, -1
	mov	x5, 0
	mov	x8, SYS_MMAP
	svc	0
	cmn	x0, 4095
	b.hs	no_loader
	mov	x27, x0

# Segments that are not written to are mapped, the others are read. x25, from here on: how many are left.
	ldr	x28, [x20, SEGMENTS]
	add	x28, x20, x28
	ldrh	w25, [x20, SEGMENT_COUNT]
1:	ldr	w9, [x28]
	cmp	w9, PT_LOAD
	b.ne	3f
	ldr	w9, [x28, SEGMENT_FLAGS]
	ldr	x10, [x28, ADDRESS]
	ldr	x11, [x28, FILE_BYTES]
	ldr	x12, [x28, FILE_OFFSET]
	tbz	w9, FLAG_WRITE_BIT, 2f
	mov	x0, x26
	add	x1, x27, x10
	mov	x2, x11
	mov	x3, x12
	mov	x8, SYS_PREAD
	svc	0
	ldr	x11, [x28, FILE_BYTES]
	cmp	x0, x11
	b.ne	no_loader
	b	3f
2:	ldr	x13, [x28, ALIGNMENT]
	sub	x13, x13, 1
	and	x13, x13, x10
	add	x0, x27, x10
	sub	x0, x0, x13
	add	x1, x11, x13
	and	w2, w9, FLAG_EXECUTE
	lsl	w2, w2, 2		// PROT_EXEC
	orr	w2, w2, 1		// PROT_READ
	mov	x3, 0x12		// MAP_PRIVATE | MAP_FIXED
	mov	x4, x26
	sub	x5, x12, x13
	mov	x8, SYS_MMAP
	svc	0
	cmn	x0, 4095
	b.hs	no_loader
3:	add	x28, x28, SEGMENT_BYTES
	subs	w25, w25, 1
	b.ne	1b
	mov	x0, x26
	mov	x8, SYS_CLOSE
	svc	0

# Libraries that LD_PRELOAD and such name are for another libc, and GLIBC_TUNABLES is for another version: the loader
# must not see these variables. They get names that no shell can set; the program gives them their own again
# (src/cli/process/hidden-variables.ts). Eight bytes can be read: after the last variable are the path of this file
# and eight zero bytes.
	mov	w12, '$'
	mov	x13, TUNABLES_PREFIX & 0xffff
	movk	x13, (TUNABLES_PREFIX >> 16) & 0xffff, lsl 16
	movk	x13, (TUNABLES_PREFIX >> 32) & 0xffff, lsl 32
	movk	x13, (TUNABLES_PREFIX >> 48) & 0xffff, lsl 48
	mov	w14, LOADER_PREFIX & 0xffff
	movk	w14, (LOADER_PREFIX >> 16) & 0xffff, lsl 16
	ldr	x9, [x19]
	add	x10, x19, x9, lsl 3
	add	x10, x10, 16
1:	ldr	x9, [x10], 8
	cbz	x9, 2f
	ldr	x11, [x9]
	cmp	x11, x13
	b.eq	3f
	and	w11, w11, LOADER_PREFIX_MASK
	cmp	w11, w14
	b.ne	1b
3:	strb	w12, [x9]
	b	1b
2:	ldr	x9, [x10], 16
	cbnz	x9, 2b

# The new vector: the old one, with the arguments that are added.
	sub	x10, x10, x19
	mov	x11, sp
	sub	x11, x11, 8 * (ADDED_ARGUMENTS + 1)
	sub	x11, x11, x10
	and	x11, x11, -16
	mov	sp, x11
	ldr	x9, [x19]
	add	x10, x19, 8
	cbz	x9, 1f
	sub	x9, x9, 1
	add	x10, x10, 8
1:	add	x9, x9, ADDED_ARGUMENTS
	adr	x12, library_option
	adr	x13, cache_option
	adr	x14, name_option
	stp	x9, x21, [x11], 16
	stp	x12, x22, [x11], 16
	stp	x13, x14, [x11], 16
	stp	x21, x24, [x11], 16
	mov	x12, 2			// arguments, then variables
2:	ldr	x9, [x10], 8
	str	x9, [x11], 8
	cbnz	x9, 2b
	subs	x12, x12, 1
	b.ne	2b
	ldr	x12, [x20, ENTRY]
	add	x12, x12, x27
	ldr	x13, [x20, SEGMENTS]
	add	x13, x13, x27
	ldrh	w14, [x20, SEGMENT_COUNT]
3:	ldp	x9, x15, [x10], 16
	cmp	x9, AT_PHDR
	csel	x15, x13, x15, eq
	cmp	x9, AT_PHNUM
	csel	x15, x14, x15, eq
	cmp	x9, AT_BASE
	csel	x15, xzr, x15, eq
	cmp	x9, AT_ENTRY
	csel	x15, x12, x15, eq
	stp	x9, x15, [x11], 16
	cbnz	x9, 3b
	mov	x0, 0
	mov	x29, 0
	mov	x30, 0
	br	x12

# Writes the directory above and a name. x0: where to. x1: the name.
append:
	mov	x9, 0
1:	cmp	x9, x25
	b.hs	2f
	ldrb	w10, [x21, x9]
	strb	w10, [x0], 1
	add	x9, x9, 1
	b	1b
2:	ldrb	w10, [x1], 1
	strb	w10, [x0], 1
	cbnz	w10, 2b
	ret

no_self:
	adr	x1, no_self_text
	mov	x2, no_self_end - no_self_text
	b	fail
no_loader:
	adr	x1, no_loader_text
	mov	x2, no_loader_end - no_loader_text
fail:	mov	x0, 2
	mov	x8, SYS_WRITE
	svc	0
	mov	x0, 1
	mov	x8, SYS_EXIT
	svc	0

self_link:	.asciz "/proc/self/exe"
libraries_name:	.asciz "lib"
loader_name:	.asciz "lib/ld-linux-aarch64.so.1"
program_name:	.asciz "lib/session-manager-plugin"
library_option:	.asciz "--library-path"
cache_option:	.asciz "--inhibit-cache"
name_option:	.asciz "--argv0"
no_self_text:	.ascii "session-manager-plugin cannot find its libraries, because /proc is missing: mount it.\n"
no_self_end:
no_loader_text:	.ascii "session-manager-plugin cannot load ../lib/ld-linux-aarch64.so.1: unpack the whole archive again.\n"
no_loader_end:
