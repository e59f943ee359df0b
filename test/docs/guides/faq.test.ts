import { testGuide } from '../support/guide.ts';

testGuide('docs/faq.md');
