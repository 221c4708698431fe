// `npm run licences`: writes docs/licences.md from package-lock.json and the packages that are installed; needs no network. A test
// holds the file to it, and each package to the licences that are allowed.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Licences of what the page and the command line may be built from: all of them let it be passed on under its own, with their notices. */
const OF_THE_PAGE = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT', 'Unlicense'];
/** Tools may have these too: they build and test the page, and nothing of them is in it. */
const OF_TOOLS = [...OF_THE_PAGE, 'MIT OR Apache-2.0', 'MPL-2.0'];

/** What the page is built from stands among the development packages: it is bundled, and the packed command line needs none of it. */
const BUNDLED = [
  '@huggingface/hub',
  '@huggingface/transformers',
  'd3',
  'idb-keyval',
  'onnxruntime-web',
  'react',
  'react-dom',
  'uqr',
  'zustand',
];

const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

/** What an installed package says of itself, in either form that npm has known; null where it isn't installed. */
function installedLicence(root, folder) {
  const path = join(root, folder, 'package.json');
  if (!existsSync(path)) return null;
  const { license, licenses } = readJson(path);
  return typeof license === 'string' ? license : (license?.type ?? licenses?.[0]?.type ?? 'none');
}

/**
 * All packages of the lockfile, each once, sorted by name.
 * @returns {{ name: string, version: string, licence: string, isTool: boolean, folder: string }[]}
 */
export function lockedPackages(root = ROOT) {
  const found = new Map();
  const { packages } = readJson(join(root, 'package-lock.json'));
  const bundled = foldersOf(packages, BUNDLED);
  for (const [folder, entry] of Object.entries(packages)) {
    if (folder === '') continue;
    // An override has another package stand in a folder of this name.
    const name = entry.name ?? folder.replace(/^.*node_modules\//, '');
    const licence = entry.license ?? installedLicence(root, folder) ?? 'unknown';
    const isTool = !bundled.has(folder) && ((entry.dev ?? false) || (entry.devOptional ?? false));
    const key = `${name} ${entry.version}`;
    const known = found.get(key);
    found.set(key, {
      name,
      version: entry.version,
      licence,
      isTool: isTool && (known?.isTool ?? true),
      folder,
    });
  }
  return [...found.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
}

/** The folders of these packages and of all that they need, as Node finds them: the nearest one upwards. */
function foldersOf(packages, names) {
  const folders = new Set();
  const visit = (name, from) => {
    const parts = from === '' ? [] : from.split('/node_modules/');
    for (let depth = parts.length; depth >= 0; depth--) {
      const folder = [...parts.slice(0, depth), name].join('/node_modules/');
      const at = depth === 0 ? `node_modules/${name}` : folder;
      if (packages[at] === undefined) continue;
      if (folders.has(at)) return;
      folders.add(at);
      const { dependencies = {}, optionalDependencies = {}, peerDependencies = {} } = packages[at];
      for (const next of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies }))
        visit(next, at);
      return;
    }
  };
  for (const name of names) visit(name, '');
  return folders;
}

/** Sentences about packages whose licence isn't allowed, or isn't the one that the lockfile names. */
export function licenceFaults(packages, root = ROOT) {
  return packages.flatMap(({ name, version, licence, isTool, folder }) => {
    const installed = installedLicence(root, folder);
    const allowed = isTool ? OF_TOOLS : OF_THE_PAGE;
    return [
      ...(allowed.includes(licence) ? [] : [`${name} ${version} has the licence ${licence}.`]),
      ...(installed === null || installed === licence
        ? []
        : [`${name} ${version}: the lockfile has ${licence}, the package ${installed}.`]),
    ];
  });
}

const table = (packages) =>
  [
    '| package | version | licence |',
    '| --- | --- | --- |',
    ...packages.map(({ name, version, licence }) => `| ${name} | ${version} | ${licence} |`),
  ].join('\n');

/** docs/licences.md, from the packages. */
export function renderLicences(packages) {
  const [page, tools] = [packages.filter(({ isTool }) => !isTool), packages.filter(({ isTool }) => isTool)];
  const counts = [...new Set(tools.map(({ licence }) => licence))]
    .sort()
    .map((each) => `${each} ${tools.filter(({ licence }) => licence === each).length}`);
  return `# Licences

\`npm run licences\` writes this file from \`package-lock.json\`; a test holds it to it, and fails on a licence that isn't allowed (\`scripts/licences.js\`). QKScope itself has the MIT licence.

## What the page and the command line are built from

Allowed: ${OF_THE_PAGE.join(', ')}. Some of these packages are installed with one that the page uses, and aren't in it.

${table(page)}

## Tools that build and test it

Nothing of them is in the page. Allowed: those above, and ${OF_TOOLS.filter((each) => !OF_THE_PAGE.includes(each)).join(', ')}. By licence: ${counts.join(', ')}.

## Kept out

\`onnxruntime-node\` and \`sharp\` come with transformers.js for Node; sharp brings the libvips binaries, which are under the LGPL. The page uses neither, so \`overrides\` in \`package.json\` have small packages stand in their places.
`;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const packages = lockedPackages();
  for (const fault of licenceFaults(packages)) {
    console.error(fault);
    process.exitCode = 1;
  }
  writeFileSync(join(ROOT, 'docs/licences.md'), renderLicences(packages));
}
