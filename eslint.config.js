import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { verbs } from './eslint.names.js';
import { PURE_ROOMS, arrows } from './eslint.rooms.js';

/** Files that are tables: their length is that of their subject. */
const TABLES = [
  'src/**/operations.ts',
  'src/**/catalogue.ts',
  'src/config/env/variables.ts',
  '**/types.ts',
];

const ENVIRONMENT = {
  selector: "MemberExpression[object.name='process'][property.name='env']",
  message: 'only config reads the environment',
};
const CLOCK = {
  selector: "NewExpression[callee.name='Date'][arguments.length=0]",
  message: 'pure rooms are told the time',
};
const SKIPPED = {
  selector:
    ':matches(CallExpression, TaggedTemplateExpression) MemberExpression[property.name=/^(skip|only|todo|skipIf|runIf|fails)$/]' +
    '[object.name=/^(it|test|describe|suite)$/]',
  message: 'no skipped, focused or failing tests',
};
const SKIPPED_INSIDE = {
  selector:
    ":matches(MemberExpression[property.name='skip'], ObjectPattern > Property[key.name='skip'])",
  message: 'a test that cannot run here is declared with itUnless, so that it is reported',
};

const PROPERTY = {
  selector: "CallExpression[callee.object.name='fc'][callee.property.name='assert']",
  message: 'assertProperty runs all cases only where FULL=1',
};

export default defineConfig(
  globalIgnores(['coverage/', '.arx/', 'dist/']),
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.base],
    plugins: { rooms: { rules: { arrows } } },
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_' },
      ],
      eqeqeq: 'error',
      'no-duplicate-imports': ['error', { allowSeparateTypeImports: true }],
      'prefer-const': 'error',
      'no-control-regex': 'error',
      'no-misleading-character-class': 'error',
      'no-useless-escape': 'error',
      'no-constant-condition': 'error',
      'no-empty': 'error',
      'rooms/arrows': 'error',
    },
  },
  {
    files: ['src/**/*.ts', 'emulators/**/*.ts'],
    plugins: { names: { rules: { verbs } } },
    rules: {
      'max-params': ['error', 4],
      'names/verbs': 'error',
      'no-restricted-syntax': ['error', ENVIRONMENT],
    },
  },
  {
    files: ['src/**/*.ts', 'emulators/**/*.ts'],
    ignores: TABLES,
    rules: {
      'max-lines': ['error', 300],
      'max-lines-per-function': ['error', { max: 100, skipBlankLines: true, skipComments: true }],
    },
  },
  // Errors are made in one line from code, message, remedy, …; repositories take their keys one by
  // one.
  { files: ['src/*/errors.ts', 'src/store/**/*.ts'], rules: { 'max-params': ['error', 5] } },
  { files: ['src/config/**/*.ts', 'src/cli.ts'], rules: { 'no-restricted-syntax': 'off' } },
  {
    files: PURE_ROOMS.map((room) => `src/${room}/**/*.ts`),
    rules: {
      'no-restricted-syntax': ['error', ENVIRONMENT, CLOCK],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now' },
        { object: 'Math', property: 'random' },
      ],
      'no-restricted-globals': [
        'error',
        'process',
        'fetch',
        'crypto',
        'performance',
        'setTimeout',
        'setInterval',
        'setImmediate',
      ],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', SKIPPED, SKIPPED_INSIDE, PROPERTY] },
  },
  {
    files: ['test/support/properties.ts'],
    rules: { 'no-restricted-syntax': ['error', SKIPPED, SKIPPED_INSIDE] },
  },
  {
    files: ['test/support/not-run.ts'],
    rules: { 'no-restricted-syntax': ['error', SKIPPED, PROPERTY] },
  },
);
