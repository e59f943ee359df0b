import type { TestContext } from 'node:test';
import { findTool, type Tool } from '../../../build/tool.ts';

/**
 * Whether a program of the system is there that a test needs. Where it is not the test is skipped,
 * but on a build server, which has to have it, the test fails.
 */
export function requireTool(t: TestContext, tool: Tool): boolean {
  if (findTool(tool) !== undefined) return true;
  const advice = `${tool.program} is not installed: apt-get install ${tool.debianPackage}`;
  if (process.env['CI'] === 'true') throw new Error(advice);
  t.skip(advice);
  return false;
}
