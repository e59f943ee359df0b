/** How binaries that run on this machine, or under an emulator that Debian has, are started. */
export const NATIVE_BINARIES = [
  { target: 'linux-x64', through: [] },
  { target: 'linux-arm64', through: ['qemu-aarch64-static', '-L', '/usr/aarch64-linux-gnu'] },
] as const;
