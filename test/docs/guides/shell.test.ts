import { testGuide } from '../support/guide.ts';

testGuide('docs/shell.md');
