import path from 'node:path';

/** How a file reaches another one: by a static import, one of types alone, `import()`, or as a worker's or an asset's URL. */
export type ImportKind = 'static' | 'type' | 'dynamic' | 'url';

/** One import statement of a file. */
export interface Import {
  /** The importing file, as a path from the project's root. */
  readonly from: string;
  /** The imported file as a path from the root, or the name of a package. */
  readonly to: string;
  readonly kind: ImportKind;
  readonly isPackage: boolean;
}

const STATEMENT = /^[ \t]*(import|export)\s+(type\s+)?([^'"`;]*?)\bfrom\s*(['"])([^'"]+)\4/gm;
const SIDE_EFFECT = /^[ \t]*import\s*(['"])([^'"]+)\1/gm;
const DYNAMIC = /\bimport\(\s*(['"`])([^'"`]+)\1/g;
const URL_OF = /\bnew URL\(\s*(['"])([^'"]+)\1\s*,\s*import\.meta\.url/g;
const COMPUTED = /\bimport\(\s*(?!['"`/])/;

/**
 * Every import that a source file makes, whatever its sort.
 * @throws where an import's name is computed: what it loads can't be checked
 */
export function readImports(file: string, text: string): Import[] {
  const source = withoutComments(text);
  if (COMPUTED.test(source)) throw new Error(`${file}: an import() of a computed name can't be checked.`);
  const made = (specifier: string, kind: ImportKind): Import => {
    const bare = specifier.replace(/\?.*$/, '');
    const isPackage = !bare.startsWith('.');
    const to = isPackage ? packageName(bare) : path.posix.join(path.posix.dirname(file), bare);
    return { from: file, to, kind, isPackage };
  };
  return [
    ...matches(source, STATEMENT, ([, , type, names, , specifier]) =>
      made(specifier!, type !== undefined || areTypesAlone(names!) ? 'type' : 'static'),
    ),
    ...matches(source, SIDE_EFFECT, ([, , specifier]) => made(specifier!, 'static')),
    ...matches(source, DYNAMIC, ([, , specifier]) => made(specifier!, 'dynamic')),
    ...matches(source, URL_OF, ([, , specifier]) => made(specifier!, 'url')),
  ];
}

function matches(
  source: string,
  pattern: RegExp,
  make: (groups: readonly (string | undefined)[]) => Import,
): Import[] {
  return [...source.matchAll(pattern)].map((match) => make(match));
}

/** `{ type A, type B }`: nothing of it is left at run time. */
function areTypesAlone(names: string): boolean {
  const list = /^\{([^}]*)\}\s*$/.exec(names.trim())?.[1];
  return list?.split(',').every((name) => /^\s*(type\s|$)/.test(name)) ?? false;
}

/** `onnxruntime-web/webgpu` belongs to `onnxruntime-web`, `@huggingface/hub/x` to `@huggingface/hub`. */
function packageName(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

function withoutComments(text: string): string {
  return text.replace(/^[ \t]*\/\*[\s\S]*?\*\//gm, '').replace(/^[ \t]*\/\/.*$/gm, '');
}
