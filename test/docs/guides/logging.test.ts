import { testGuide } from '../support/guide.ts';

testGuide('docs/logging.md');
