import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import type { parseAction } from '@actions/workflow-parser/actions/action-parser';
import type { convertActionTemplate } from '@actions/workflow-parser/actions/action-template';
import type { NoOperationTraceWriter } from '@actions/workflow-parser';
import type { CleanupScope } from '../../../support/cleanup-scope.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';

/** The parser of GitHub, with its schema of `action.yml`. */
interface ActionParser {
  readonly parseAction: typeof parseAction;
  readonly convertActionTemplate: typeof convertActionTemplate;
  readonly NoOperationTraceWriter: typeof NoOperationTraceWriter;
}

/** An action as GitHub reads it, and what it reports about it. */
export interface ParsedAction {
  readonly errors: readonly string[];
  readonly action: ReturnType<typeof convertActionTemplate>;
}

/** Reads an `action.yml` as GitHub does. */
export function parseActionFile(scope: CleanupScope, content: string): ParsedAction {
  const parser = loadParser(scope);
  const trace = new parser.NoOperationTraceWriter();
  const { context, value } = parser.parseAction({ name: 'action.yml', content }, trace);
  const errors = context.errors.getErrors().map(({ message }) => message);
  if (value === undefined) throw new Error(errors.join('\n'));
  return { errors, action: parser.convertActionTemplate(context, value) };
}

/** The package imports its schema in a way that Node.js refuses: without the type of the file. */
function loadParser(scope: CleanupScope): ActionParser {
  const { outputFiles } = buildSync({
    stdin: {
      contents: `
        export { parseAction } from '@actions/workflow-parser/actions/action-parser';
        export { convertActionTemplate } from '@actions/workflow-parser/actions/action-template';
        export { NoOperationTraceWriter } from '@actions/workflow-parser';
      `,
      resolveDir: import.meta.dirname,
    },
    ...{ bundle: true, write: false, format: 'cjs', platform: 'node' },
  });
  const file = join(temporaryDirectory(scope), 'parser.cjs');
  writeFileSync(file, outputFiles[0]?.contents ?? '');
  return createRequire(import.meta.url)(file) as ActionParser;
}
