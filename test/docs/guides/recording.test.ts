import { testGuide } from '../support/guide.ts';

testGuide('docs/recording.md');
