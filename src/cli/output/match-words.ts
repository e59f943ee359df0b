/** Whether a text contains every word of a filter, in any order and in upper or lower case. */
export function matchesWords(text: string, filter: string): boolean {
  const lowerCase = text.toLowerCase();
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => lowerCase.includes(word));
}
