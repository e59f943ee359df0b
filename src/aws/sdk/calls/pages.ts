/** An answer that may not hold all there is. */
export interface Page {
  /** Asks for the next page; none, or an empty one, on the last. */
  readonly NextToken?: string | undefined;
}

/** The pages of a list, each asked for when it is needed, with the token of the one before. */
export async function* pagesOf<T extends Page>(
  ask: (nextToken: string | undefined) => Promise<T>,
): AsyncGenerator<T> {
  let token: string | undefined;
  do {
    const page = await ask(token);
    yield page;
    token = isSet(page.NextToken) ? page.NextToken : undefined;
  } while (token !== undefined);
}

/** Whether a member of an answer says anything: the services leave out or empty what they do not know. */
export function isSet(text: string | undefined): text is string {
  return text !== undefined && text !== '';
}
