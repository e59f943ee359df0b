const STEP = /^(?<indent>\s*)(?:- )?(?:run: ?(?<command>[^|\n]*)(?<block>\|)?|script:)$/;
const ITEM = /^\s*- (?<command>[^|\n]*)(?<block>\|)?$/;

/**
 * The commands of a GitHub workflow (`run:`) or of GitLab's (`script:`), in their order: a line for
 * each, or the lines of a block (`|`).
 */
export function workflowScripts(yaml: string): readonly string[] {
  const lines = yaml.split('\n');
  const scripts: string[] = [];
  const indentOf = (line: string): number => line.search(/\S|$/);

  /** Takes what is indented further than a line, from the next on. */
  const blockAfter = (index: number): string[] => {
    const own = indentOf(lines[index] ?? '');
    const end = lines.findIndex((line, i) => i > index && line.trim() && indentOf(line) <= own);
    const content = lines.slice(index + 1, end === -1 ? undefined : end);
    const indent = indentOf(content.find((line) => line.trim() !== '') ?? '');
    return content.map((line) => line.slice(indent));
  };
  lines.forEach((line, i) => {
    const step = STEP.exec(line)?.groups;
    if (step === undefined) return;
    if (step['block'] !== undefined) scripts.push(`${blockAfter(i).join('\n')}\n`);
    else if (step['command'] !== undefined) scripts.push(`${step['command']}\n`);
    else {
      for (let at = i + 1; at < lines.length; at++) {
        const item = ITEM.exec(lines[at] ?? '')?.groups;
        if (item === undefined || indentOf(lines[at] ?? '') <= indentOf(line)) break;
        if (item['block'] === undefined) scripts.push(`${item['command'] ?? ''}\n`);
        else {
          const content = blockAfter(at);
          scripts.push(`${content.join('\n')}\n`);
          at += content.length;
        }
      }
    }
  });
  return scripts;
}
