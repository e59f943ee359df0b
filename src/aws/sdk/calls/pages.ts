/** An answer that may hold only a part of a list. */
export interface Page {
  /** Token of the next page; undefined or empty on the last. */
  readonly NextToken?: string | undefined;
}

/** The pages of a list, each requested when it is needed, with the token of the one before. */
export async function* pagesOf<T extends Page>(
  request: (nextToken: string | undefined) => Promise<T>,
): AsyncGenerator<T> {
  let token: string | undefined;
  do {
    const page = await request(token);
    yield page;
    token = isSet(page.NextToken) ? page.NextToken : undefined;
  } while (token !== undefined);
}

/** Whether a member of an answer has a value: services omit it or leave it empty when it is unknown. */
export function isSet(text: string | undefined): text is string {
  return text !== undefined && text !== '';
}
