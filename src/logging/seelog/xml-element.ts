import { errorText } from '../../lib/errors/error-text.ts';
import { parseXml, XmlElement as ParsedElement } from '@rgrove/parse-xml';

import { ConfigurationError } from '../../lib/errors/configuration-error.ts';

/** An element of an XML document, without text and comments. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
}

const readElement = ({ name, attributes, children }: ParsedElement): XmlElement => ({
  name,
  attributes: new Map(Object.entries(attributes)),
  children: children.filter((child) => child instanceof ParsedElement).map(readElement),
});

/**
 * Reads an XML document.
 *
 * @returns its outermost element
 * @throws ConfigurationError `logging`, when it is not well-formed XML, or nested too deeply
 */
export function readXml(text: string): XmlElement {
  try {
    const { root } = parseXml(text);
    if (root !== null) return readElement(root);
  } catch (error) {
    // The library adds an excerpt of several lines after its sentence.
    throw new ConfigurationError('logging', errorText(error).split('\n', 1).join(''));
  }
  throw new ConfigurationError('logging', 'it is empty');
}
