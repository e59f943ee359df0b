import { parseXml, XmlElement as ParsedElement } from '@rgrove/parse-xml';

import { LoggingConfigurationError } from './configuration-error.ts';

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
 * @throws LoggingConfigurationError when it is not well-formed XML, or nested too deeply
 */
export function readXml(text: string): XmlElement {
  try {
    const { root } = parseXml(text);
    if (root !== null) return readElement(root);
  } catch (error) {
    // The library adds an excerpt of several lines after its sentence.
    const [sentence] = error instanceof Error ? error.message.split('\n') : [];
    throw new LoggingConfigurationError(sentence ?? 'it cannot be read');
  }
  throw new LoggingConfigurationError('it is empty');
}
