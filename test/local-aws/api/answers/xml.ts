/** A text in an element. */
export function text(name: string, value: string): string {
  return element(name, escapeXml(value));
}

/** An element of others; without any, as an empty list is sent. */
export function element(name: string, ...contents: readonly string[]): string {
  const inside = contents.join('');
  return inside === '' ? `<${name}/>` : `<${name}>${inside}</${name}>`;
}

function escapeXml(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
