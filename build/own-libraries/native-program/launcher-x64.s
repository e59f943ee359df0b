# Starts the program in ../lib by the loader there, for Linux on x86-64.
#
# It does what execve(2) does for `ld-linux-x86-64.so.2 OPTION... PROGRAM ARGUMENT...`, but in this process: the
# process keeps its executable (/proc/self/exe), its name and its command line, and needs no interpreter with a
# path that is known beforehand. The code is position-independent, and has no data that it writes to.
#
# The layout of the stack is that of the System V ABI for AMD64 (3.4.1); that of the file of the loader is that of
# ELF-64. Numbers of system calls are those of syscalls(2).

.intel_syntax noprefix

.equ SYS_WRITE, 1
.equ SYS_OPEN, 2
.equ SYS_CLOSE, 3
.equ SYS_MMAP, 9
.equ SYS_PREAD, 17
.equ SYS_EXIT, 60
.equ SYS_READLINK, 89

# The frame: the beginning of the loader's file, and four paths. PATH_MAX is 4096; what is appended is short.
.equ PATH_BYTES, 4096
.equ BUFFER_BYTES, 4224
.equ HEADER, 0
.equ HEADER_BYTES, 1024
.equ SELF, HEADER + HEADER_BYTES
.equ LIBRARIES, SELF + BUFFER_BYTES
.equ LOADER, LIBRARIES + BUFFER_BYTES
.equ PROGRAM, LOADER + BUFFER_BYTES
.equ FRAME_BYTES, PROGRAM + BUFFER_BYTES

# The header of a file and of its segments.
.equ ENTRY, 24
.equ SEGMENTS, 32
.equ SEGMENT_COUNT, 56
.equ SEGMENT_BYTES, 56
.equ PT_LOAD, 1
.equ SEGMENT_FLAGS, 4
.equ FLAG_EXECUTE, 1
.equ FLAG_WRITE, 2
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
.equ LOADER_PREFIX, 0x5f444c			# "LD_"
.equ LOADER_PREFIX_MASK, 0xffffff
.equ TUNABLES_PREFIX, 0x55545f4342494c47	# "GLIBC_TU"

# rbx: the vector from the kernel. r15: the frame.
	mov	rbx, rsp
	cld
	sub	rsp, FRAME_BYTES
	mov	r15, rsp

# r13, until the paths are written: the length of the directory above that of this file, with its slash.
	lea	rdi, [rip + self_link]
	lea	rsi, [r15 + SELF]
	mov	edx, PATH_BYTES - 1
	mov	eax, SYS_READLINK
	syscall
	test	rax, rax
	jle	no_self
	lea	rsi, [r15 + SELF]
	mov	byte ptr [rsi + rax], 0
	mov	ecx, 2
1:	dec	rax
	js	no_loader
	cmp	byte ptr [rsi + rax], '/'
	jne	1b
	dec	ecx
	jnz	1b
	lea	r13, [rax + 1]

	lea	rdi, [r15 + LIBRARIES]
	lea	rdx, [rip + libraries_name]
	call	append
	lea	rdi, [r15 + LOADER]
	lea	rdx, [rip + loader_name]
	call	append
	lea	rdi, [r15 + PROGRAM]
	lea	rdx, [rip + program_name]
	call	append

# r12: the descriptor of the loader's file.
	lea	rdi, [r15 + LOADER]
	mov	esi, 0x80000		# O_RDONLY | O_CLOEXEC
	mov	eax, SYS_OPEN
	syscall
	test	eax, eax
	js	no_loader
	mov	r12d, eax
	mov	edi, r12d
	lea	rsi, [r15 + HEADER]
	mov	edx, HEADER_BYTES
	xor	r10d, r10d
	mov	eax, SYS_PREAD
	syscall
	cmp	rax, HEADER_BYTES
	jne	no_loader

# rbp: where the loader is in memory. All of it is reserved first, and is zero. r13, from here on: the header of a segment.
	mov	r13, [r15 + HEADER + SEGMENTS]
	lea	r13, [r15 + r13 + HEADER]
	movzx	ecx, word ptr [r15 + HEADER + SEGMENT_COUNT]
	xor	esi, esi
1:	cmp	dword ptr [r13], PT_LOAD
	jne	2f
	mov	rax, [r13 + ADDRESS]
	add	rax, [r13 + MEMORY_BYTES]
	cmp	rax, rsi
	cmova	rsi, rax
2:	add	r13, SEGMENT_BYTES
	dec	ecx
	jnz	1b
	xor	edi, edi
	mov	edx, 3			# PROT_READ | PROT_WRITE
	mov	r10d, 0x22		# MAP_PRIVATE | MAP_ANONYMOUS
	mov	r8, -1
	xor	r9d, r9d
	mov	eax, SYS_MMAP
	syscall
	cmp	rax, -4096
	ja	no_loader
	mov	rbp, rax

# Segments that are not written to are mapped, the others are read.
	mov	r13, [r15 + HEADER + SEGMENTS]
	lea	r13, [r15 + r13 + HEADER]
	movzx	r14d, word ptr [r15 + HEADER + SEGMENT_COUNT]
1:	cmp	dword ptr [r13], PT_LOAD
	jne	3f
	test	dword ptr [r13 + SEGMENT_FLAGS], FLAG_WRITE
	jz	2f
	mov	edi, r12d
	mov	rsi, [r13 + ADDRESS]
	add	rsi, rbp
	mov	rdx, [r13 + FILE_BYTES]
	mov	r10, [r13 + FILE_OFFSET]
	mov	eax, SYS_PREAD
	syscall
	cmp	rax, [r13 + FILE_BYTES]
	jne	no_loader
	jmp	3f
2:	mov	rcx, [r13 + ALIGNMENT]
	dec	rcx
	and	rcx, [r13 + ADDRESS]
	mov	rdi, [r13 + ADDRESS]
	add	rdi, rbp
	sub	rdi, rcx
	mov	rsi, [r13 + FILE_BYTES]
	add	rsi, rcx
	mov	edx, [r13 + SEGMENT_FLAGS]
	and	edx, FLAG_EXECUTE
	shl	edx, 2			# PROT_EXEC
	or	edx, 1			# PROT_READ
	mov	r10d, 0x12		# MAP_PRIVATE | MAP_FIXED
	mov	r8d, r12d
	mov	r9, [r13 + FILE_OFFSET]
	sub	r9, rcx
	mov	eax, SYS_MMAP
	syscall
	cmp	rax, -4096
	ja	no_loader
3:	add	r13, SEGMENT_BYTES
	dec	r14d
	jnz	1b
	mov	edi, r12d
	mov	eax, SYS_CLOSE
	syscall

# Libraries that LD_PRELOAD and such name are for another libc, and GLIBC_TUNABLES is for another version: the loader
# must not see these variables. They get names that no shell can set; the program gives them their own again
# (src/cli/process/hidden-variables.ts). Eight bytes can be read: after the last variable are the path of this file
# and eight zero bytes.
	movabs	rdx, TUNABLES_PREFIX
	mov	rax, [rbx]
	lea	rsi, [rbx + 8 * rax + 16]
1:	lodsq
	test	rax, rax
	jz	2f
	mov	rcx, [rax]
	cmp	rcx, rdx
	je	3f
	and	ecx, LOADER_PREFIX_MASK
	cmp	ecx, LOADER_PREFIX
	jne	1b
3:	mov	byte ptr [rax], '$'
	jmp	1b
2:	lodsq
	mov	rdx, rax
	lodsq
	test	rdx, rdx
	jnz	2b

# The new vector: the old one, with the arguments that are added.
	sub	rsi, rbx
	lea	rdi, [rsp - 8 * (ADDED_ARGUMENTS + 1)]
	sub	rdi, rsi
	and	rdi, -16
	mov	rsp, rdi
	mov	rdx, [rbx]
	lea	rsi, [rbx + 8]
	test	rdx, rdx
	jz	1f
	dec	rdx
	add	rsi, 8
1:	lea	rax, [rdx + ADDED_ARGUMENTS]
	stosq
	lea	rdx, [r15 + SELF]
	mov	rax, rdx
	stosq
	lea	rax, [rip + library_option]
	stosq
	lea	rax, [r15 + LIBRARIES]
	stosq
	lea	rax, [rip + cache_option]
	stosq
	lea	rax, [rip + name_option]
	stosq
	mov	rax, rdx
	stosq
	lea	rax, [r15 + PROGRAM]
	stosq
	mov	ecx, 2			# arguments, then variables
2:	lodsq
	stosq
	test	rax, rax
	jnz	2b
	dec	ecx
	jnz	2b
	mov	rcx, [r15 + HEADER + ENTRY]
	add	rcx, rbp
3:	lodsq
	stosq
	mov	edx, eax
	lodsq
	cmp	edx, AT_PHDR
	jne	4f
	mov	rax, [r15 + HEADER + SEGMENTS]
	add	rax, rbp
4:	cmp	edx, AT_PHNUM
	jne	5f
	movzx	eax, word ptr [r15 + HEADER + SEGMENT_COUNT]
5:	cmp	edx, AT_BASE
	jne	6f
	xor	eax, eax
6:	cmp	edx, AT_ENTRY
	cmove	rax, rcx
	stosq
	test	edx, edx
	jnz	3b
	xor	edx, edx
	xor	ebp, ebp
	jmp	rcx

# Writes the directory above and a name. rdi: where to. rdx: the name.
append:
	lea	rsi, [r15 + SELF]
	mov	rcx, r13
	rep movsb
1:	mov	al, [rdx]
	stosb
	inc	rdx
	test	al, al
	jnz	1b
	ret

no_self:
	lea	rsi, [rip + no_self_text]
	lea	rdx, [rip + no_self_end]
	jmp	fail
no_loader:
	lea	rsi, [rip + no_loader_text]
	lea	rdx, [rip + no_loader_end]
fail:	sub	rdx, rsi
	mov	edi, 2
	mov	eax, SYS_WRITE
	syscall
	mov	edi, 1
	mov	eax, SYS_EXIT
	syscall

self_link:	.asciz "/proc/self/exe"
libraries_name:	.asciz "lib"
loader_name:	.asciz "lib/ld-linux-x86-64.so.2"
program_name:	.asciz "lib/session-manager-plugin"
library_option:	.asciz "--library-path"
cache_option:	.asciz "--inhibit-cache"
name_option:	.asciz "--argv0"
no_self_text:	.ascii "session-manager-plugin cannot find its libraries, because /proc is missing: mount it.\n"
no_self_end:
no_loader_text:	.ascii "session-manager-plugin cannot load ../lib/ld-linux-x86-64.so.2: unpack the whole archive again.\n"
no_loader_end:
