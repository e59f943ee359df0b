import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import node from 'eslint-plugin-n';
import tseslint from 'typescript-eslint';
import { commandFolders } from './build/lint/command-folders.mjs';
import { plainWords } from './build/lint/plain-words.mjs';

const NAMED_EXPORTS = {
  selector: 'ExportDefaultDeclaration',
  message: 'Name what a module exports: a thing is found by its name.',
};

/** The bundle has several copies of each class: an error is known by its brand (`src/lib/errors/`). */
const OWN_ERRORS = [
  {
    selector:
      'ClassDeclaration[superClass.name=/^(Range|Type)?Error$/]:not([id.name="ProgramError"])',
    message: 'Extend ProgramError (src/lib/errors/program-error.ts): it has a brand and a reason.',
  },
  {
    selector:
      'BinaryExpression[operator="instanceof"][right.name=/^(Program|Aws|Network|Socket|Protocol|Listen|Configuration|Command|Output)Error$/]',
    message:
      'Check an error by its family, such as isAwsError(): the bundle has copies of the class.',
  },
];

/**
 * The directories of `src`, and which of them each may import. Data flows one way: commands, cli,
 * session, channel, protocol. `lib` serves all of them and knows none.
 *
 * @type {Readonly<Record<string, readonly string[]>>}
 */
const LAYERS = {
  lib: [],
  failures: ['lib'],
  protocol: ['lib'],
  socket: ['lib', 'failures'],
  logging: ['lib'],
  channel: ['lib', 'protocol', 'logging'],
  terminal: ['lib', 'protocol'],
  network: ['lib', 'failures', 'logging'],
  aws: ['lib', 'failures', 'network', 'logging'],
  session: ['lib', 'failures', 'channel', 'protocol', 'socket', 'terminal', 'logging'],
  relay: ['lib', 'protocol', 'session'],
  cli: [
    'lib',
    'failures',
    'relay',
    'session',
    'protocol',
    'socket',
    'terminal',
    'logging',
    'network',
    'aws',
  ],
  commands: [
    'lib',
    'failures',
    'cli',
    'relay',
    'session',
    'protocol',
    'terminal',
    'logging',
    'network',
    'aws',
  ],
};
/**
 * Forbids files to import from directories of `src`, also by `import()`.
 *
 * @param {string[]} files
 * @param {string[]} ignores
 * @param {readonly string[]} forbidden
 * @param {string} message
 * @returns {import('eslint').Linter.Config}
 */
function zone(files, ignores, forbidden, message) {
  const source = `^\\.{1,2}/(?:\\.\\./)*(?:${forbidden.join('|')})/`;
  const dynamic = `ImportExpression[source.value=/${source.replaceAll('/', '\\/')}/]`;
  return {
    files,
    ignores,
    rules: {
      'no-restricted-imports': ['error', { patterns: [{ regex: source, message }] }],
      'no-restricted-syntax': [
        'error',
        NAMED_EXPORTS,
        ...OWN_ERRORS,
        { selector: dynamic, message },
      ],
    },
  };
}

const zones = Object.entries(LAYERS).map(([layer, below]) =>
  zone(
    [`src/${layer}/**/*.ts`],
    // The start of a native binary imports the whole program.
    ['src/cli/process/single-executable.ts'],
    Object.keys(LAYERS).filter((one) => one !== layer && !below.includes(one)),
    `src/${layer} imports of src only itself${below.map((one) => `, ${one}`).join('')}.`,
  ),
);

export default defineConfig(
  { ignores: ['dist/', 'node_modules/'] },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      'no-restricted-syntax': ['error', NAMED_EXPORTS],
    },
  },
  {
    // The linter's own configuration file must have a default export; node:test returns promises that are not awaited.
    files: ['eslint.config.mjs'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    // The maker of code caches runs in the runtime of a target, alone.
    files: ['build/**/*.{ts,mjs}', 'packaging/**/*.ts'],
    ignores: ['build/runtime/build-error.mjs', 'build/binary/code-cache-maker.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        NAMED_EXPORTS,
        {
          selector:
            'ThrowStatement > NewExpression[callee.name=/^(Range|Type)?Error$/], ClassDeclaration[superClass.name=/^(Range|Type)?Error$/]',
          message:
            'Failures of the build are of BuildError, or a class of it: they are shown as text.',
        },
      ],
    },
  },
  {
    files: ['build/**/*.{ts,mjs}'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: ['**/packaging/**'],
              message:
                'Packages are made of what build/ makes: packaging/ imports build/, never the reverse.',
            },
          ],
        },
      ],
    },
  },
  {
    // Comments and names of tests are in standard terms; this file is the list of what they avoid.
    ignores: ['build/lint/vocabulary.mjs'],
    plugins: { project: { rules: { 'plain-words': plainWords } } },
    rules: { 'project/plain-words': 'error' },
  },
  {
    files: ['src/**/*.ts'],
    rules: { 'project/plain-words': ['error', { texts: true }] },
  },
  {
    files: ['src/commands/**/*.ts'],
    plugins: { folders: { rules: { own: commandFolders } } },
    rules: { 'folders/own': 'error' },
  },
  {
    // The JavaScript program runs on the Node.js versions of `engines`, older ones than the type definitions are of.
    files: ['src/**/*.ts'],
    plugins: { n: node },
    rules: {
      'n/no-unsupported-features/es-builtins': 'error',
      'n/no-unsupported-features/node-builtins': [
        'error',
        {
          ignores: [
            // Experimental in Node.js 20, and as it became later.
            ...['crypto.hash', 'sea', 'sea.getRawAsset', 'sea.isSea', 'util.styleText'],
            // Called only where it exists.
            'tls.getCACertificates',
          ],
        },
      ],
    },
  },
  {
    // A file is read in one sitting, a function at a glance.
    files: ['src/**/*.ts'],
    rules: { 'max-lines': ['error', 300], 'max-lines-per-function': ['error', 80] },
  },
  ...zones,
  {
    // Texts reach a stream through a function that makes foreign parts of them harmless.
    files: ['src/**/*.ts'],
    ignores: [
      'src/cli/process/print.ts',
      'src/cli/process/process-outputs.ts',
      // They take the streams as terminals, and write no text.
      'src/cli/run/process-host.ts',
      'src/commands/run-command.ts',
    ],
    rules: {
      'no-restricted-properties': [
        'error',
        ...['stdout', 'stderr'].map((property) => ({
          object: 'process',
          property,
          message: 'Print by src/cli/process/print.ts, or by the context of a command.',
        })),
      ],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: [
            {
              name: 'node:child_process',
              message: 'Start programs by test/support/child-process.ts, in a defined environment.',
            },
            {
              name: 'node:test',
              importNames: ['test', 'suite'],
              message: 'Tests are written in one style: describe() and it().',
            },
          ],
        },
      ],
      // `it()` and `describe()` of node:test return promises that the runner itself awaits.
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [
            { from: 'package', name: ['it', 'describe'], package: 'node:test' },
          ],
        },
      ],
    },
  },
  {
    // What defines the environment, and what also runs outside of tests.
    files: ['test/support/child-process.ts', 'test/local-aws/**/*.ts'],
    ignores: ['test/local-aws/**/*.test.ts'],
    rules: { 'no-restricted-imports': 'off' },
  },
);
