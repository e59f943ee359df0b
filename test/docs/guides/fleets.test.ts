import { testGuide } from '../support/guide.ts';

testGuide('docs/fleets.md');
