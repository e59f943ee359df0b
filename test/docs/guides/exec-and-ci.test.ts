import { testGuide } from '../support/guide.ts';

testGuide('docs/exec-and-ci.md');
