const BLANK = /[ \t\r\n]/;

/**
 * Splits a text into words as Python's `shlex.split` does, which the AWS CLI uses for the names of
 * sections: quotes keep blanks, a backslash keeps the next character.
 *
 * @returns undefined when a quote is not closed, or nothing follows a backslash
 */
export function splitWords(text: string): readonly string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i);
    if (char === '\\' && quote !== "'") {
      i++;
      if (i === text.length) return undefined;
      const next = text.charAt(i);
      const isKept = quote === '' || next === quote || next === '\\';
      word = (word ?? '') + (isKept ? next : char + next);
    } else if (quote !== '') {
      if (char === quote) quote = '';
      else word = (word ?? '') + char;
    } else if (char === "'" || char === '"') {
      quote = char;
      word ??= '';
    } else if (!BLANK.test(char)) {
      word = (word ?? '') + char;
    } else if (word !== undefined) {
      words.push(word);
      word = undefined;
    }
  }
  if (quote !== '') return undefined;
  return word === undefined ? words : [...words, word];
}
