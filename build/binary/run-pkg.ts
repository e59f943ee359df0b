// `node run-pkg.ts REQUEST` runs `pkg` for a PkgRequest in JSON. It is a process of its own
// because `pkg` looks for runtimes in the user's home directory, and changes directory.

import { basename } from 'node:path';
import sea from '@yao-pkg/pkg/lib-es5/sea.js';

/** One binary to make. */
export interface PkgRequest {
  /** Path of the main script, in the directory for temporary files. */
  readonly entry: string;
  readonly nodeRange: string;
  readonly platform: 'linux' | 'macos' | 'win';
  readonly arch: 'x64' | 'arm64';
  /** Path of the binary. */
  readonly output: string;
  /** Paths of the files in the binary, by the names under which the main script asks for them. */
  readonly assets: Readonly<Record<string, string>>;
  /** Options of the runtime. */
  readonly options: readonly string[];
}

const { entry, assets, options, ...target } = JSON.parse(process.argv[2] ?? '') as PkgRequest;
const seaConfig = {
  // Node.js writes this path into the binary. It is relative to the directory where `pkg` works, one below
  // the main script: an absolute path would differ in each build.
  main: `../${basename(entry)}`,
  disableExperimentalSEAWarning: true,
  useSnapshot: false,
  // The assets hold the code caches: those of `pkg` are for the machine it runs on.
  useCodeCache: false,
  assets: { ...assets },
  // Only the program's own arguments control the runtime.
  execArgvExtension: 'none',
  execArgv: [...options],
};
await sea.default(entry, { seaConfig, signature: false, targets: [target] });
