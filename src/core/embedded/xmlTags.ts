// A reader of XML's markup, as far as a text in it must be found: tags with their namespaces, and what stands between.
import { damaged } from './refusals.ts';

/** A tag, or what stands between two tags. */
export type XmlPart =
  | { readonly kind: 'open'; readonly namespace: string; readonly name: string; readonly isEmpty: boolean }
  | { readonly kind: 'close' }
  /** Its entities stand as they are written: unescapeXml puts characters in their place. */
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'cdata'; readonly text: string };

type Prefixes = ReadonlyMap<string, string>;

const SPACE = /[ \t\r\n]/;
/** What ends a tag's or an attribute's name. */
const NAME_END = /[ \t\r\n/>=]/;

/**
 * Reads a document part by part (XML 1.0, Namespaces in XML 1.0). Comments and processing instructions are passed over; nothing that
 * a document type declares is used.
 * @throws QKError 'file-damaged' for what isn't well-formed
 */
export function* xmlParts(xml: string, file: string): Generator<XmlPart> {
  const open: Prefixes[] = [];
  let prefixes: Prefixes = new Map();
  const fail = (what: string, offset: number) => damaged(file, `${what} at character ${offset}`);
  const after = (ending: string, from: number): number => {
    const end = xml.indexOf(ending, from);
    if (end < 0) throw fail(`“${ending}” is missing after what begins`, from);
    return end + ending.length;
  };
  for (let offset = 0; offset < xml.length; ) {
    if (xml[offset] !== '<') {
      const end = xml.indexOf('<', offset);
      const text = xml.slice(offset, end < 0 ? xml.length : end);
      if (open.length > 0) yield { kind: 'text', text };
      offset += text.length;
    } else if (xml.startsWith('<!--', offset)) offset = after('-->', offset + 4);
    else if (xml.startsWith('<![CDATA[', offset)) {
      const end = after(']]>', offset);
      yield { kind: 'cdata', text: xml.slice(offset + 9, end - 3) };
      offset = end;
    } else if (xml.startsWith('<?', offset)) offset = after('?>', offset);
    else if (xml.startsWith('<!', offset)) offset = endOfDoctype(xml, offset, after);
    else if (xml.startsWith('</', offset)) {
      const end = after('>', offset);
      const outer = open.pop();
      if (outer === undefined) throw fail('a tag is closed that isn’t open,', offset);
      prefixes = outer;
      yield { kind: 'close' };
      offset = end;
    } else {
      const tag = readTag(xml, offset);
      if (tag === null) throw fail('a tag is broken', offset);
      const inner = tag.declared.length === 0 ? prefixes : new Map([...prefixes, ...tag.declared]);
      const [prefix, name] = splitName(tag.name);
      yield { kind: 'open', namespace: inner.get(prefix) ?? '', name, isEmpty: tag.isEmpty };
      if (!tag.isEmpty) {
        open.push(prefixes);
        prefixes = inner;
      }
      offset = tag.end;
    }
  }
  if (open.length > 0) throw fail('the document ends inside a tag,', xml.length);
}

/** A document type may hold declarations in brackets. */
function endOfDoctype(xml: string, from: number, after: (ending: string, from: number) => number): number {
  const end = after('>', from);
  const bracket = xml.indexOf('[', from);
  return bracket < 0 || bracket > end ? end : after('>', after(']', bracket));
}

interface Tag {
  readonly name: string;
  /** Prefixes that it declares, with their namespaces; '' for the default one. */
  readonly declared: readonly (readonly [prefix: string, namespace: string])[];
  readonly isEmpty: boolean;
  /** The offset after it. */
  readonly end: number;
}

/** Reads an opening tag; null where it is broken. By hand: long attributes (pictures) overflow what matches patterns. */
function readTag(xml: string, from: number): Tag | null {
  let offset = from + 1;
  const takeName = (): string => {
    const start = offset;
    while (offset < xml.length && !NAME_END.test(xml[offset]!)) offset++;
    return xml.slice(start, offset);
  };
  const skipSpace = (): void => {
    while (offset < xml.length && SPACE.test(xml[offset]!)) offset++;
  };
  const name = takeName();
  if (name === '') return null;
  const declared: (readonly [string, string])[] = [];
  for (;;) {
    skipSpace();
    if (xml[offset] === '>') return { name, declared, isEmpty: false, end: offset + 1 };
    if (xml.startsWith('/>', offset)) return { name, declared, isEmpty: true, end: offset + 2 };
    const attribute = takeName();
    skipSpace();
    if (attribute === '' || xml[offset] !== '=') return null;
    offset++;
    skipSpace();
    const quote = xml[offset];
    const end = quote === '"' || quote === "'" ? xml.indexOf(quote, offset + 1) : -1;
    if (end < 0) return null;
    const [prefix, local] = splitName(attribute);
    if (attribute === 'xmlns') declared.push(['', xml.slice(offset + 1, end)]);
    else if (prefix === 'xmlns') declared.push([local, xml.slice(offset + 1, end)]);
    offset = end + 1;
  }
}

function splitName(name: string): [prefix: string, local: string] {
  const colon = name.indexOf(':');
  return colon < 0 ? ['', name] : [name.slice(0, colon), name.slice(colon + 1)];
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
]);

/**
 * Puts characters in the place of XML's five entities and of numbered ones; of a document's own entities none is taken.
 * @throws QKError 'file-damaged' for any other
 */
export function unescapeXml(text: string, file: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([\da-fA-F]{1,6})|(\w{1,8}));|&/g, (whole, decimal, hex, name) => {
    const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
    if (code <= 0x10ffff) return String.fromCodePoint(code);
    const character = ENTITIES.get(name);
    if (character === undefined) throw damaged(file, `“${whole}” stands for no character that is known`);
    return character;
  });
}
