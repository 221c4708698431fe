import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Plugin } from 'vite';

/** Libraries that a browser's comparison may have beside the engines, and the packages of each. They are no dependencies. */
const PEERS = {
  tfjs: { '@tensorflow/tfjs-core': '4.22.0', '@tensorflow/tfjs-backend-webgpu': '4.22.0' },
  'jax-js': { '@jax-js/jax': '0.1.25' },
} as const;
export type PeerKey = keyof typeof PEERS;

/** A library that is installed: plain data, that a page can be sent. */
export interface PeerFacts {
  readonly key: PeerKey;
  readonly version: string;
}

const entries = Object.entries(PEERS) as [PeerKey, Record<string, string>][];
const INSTALL = `npm install --no-save ${entries
  .flatMap(([, packages]) => Object.entries(packages).map(([name, version]) => `${name}@${version}`))
  .join(' ')}`;

/** The peers that can take part; says of the others why not. */
export function offeredPeers(inBrowser: boolean): PeerFacts[] {
  if (inBrowser) return installedPeers(resolve('node_modules'), console.log);
  console.log('Left out: tfjs, jax-js (their WebGPU takes a browser: add --browser).');
  return [];
}

/** The peers whose packages lie in a folder; `say` is told of the others, with the command that installs them. */
export function installedPeers(folder: string, say: (text: string) => void): PeerFacts[] {
  return entries.flatMap(([key, packages]) => {
    const versions = Object.keys(packages).map((name) => versionOf(join(folder, name)));
    const version = versions.includes(null) ? null : versions[0]!;
    if (version === null) say(`Left out: ${key} (not installed; ${INSTALL}).`);
    return version === null ? [] : [{ key, version }];
  });
}

function versionOf(folder: string): string | null {
  try {
    return (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }).version;
  } catch {
    return null;
  }
}

export function packagesOf(peers: readonly PeerFacts[]): string[] {
  return peers.flatMap(({ key }) => Object.keys(PEERS[key]));
}

/**
 * Serves `/peers/tfjs.js` to the worker, with a library's packages as its exports module0, module1, …: no source file names
 * a package that may not be there.
 */
export function servePeers(peers: readonly PeerFacts[]): Plugin {
  const sources = new Map(
    peers.map(({ key }) => [
      `/peers/${key}.js`,
      Object.keys(PEERS[key])
        .map((name, at) => `export * as module${at} from '${name}';`)
        .join('\n'),
    ]),
  );
  return {
    name: 'bench-peers',
    enforce: 'pre',
    resolveId: (id) => (sources.has(id) ? id : null),
    load: (id) => sources.get(id) ?? null,
  };
}
