import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

const NAMED_EXPORTS = {
  selector: 'ExportDefaultDeclaration',
  message: 'Name what a module exports: a thing is found by its name.',
};

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
    // The linter's own configuration file must have a default export; node:test returns promises nobody awaits.
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
          ],
        },
      ],
      // `test()` and `describe()` of node:test return promises that the runner itself awaits.
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [
            { from: 'package', name: ['test', 'it', 'describe', 'suite'], package: 'node:test' },
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
