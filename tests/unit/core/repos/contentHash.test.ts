import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { analyse } from '../../../../src/core/analysis/analyse.ts';
import { createReferenceEngine } from '../../../../src/core/engines/reference/referenceEngine.ts';
import { openRepo } from '../../../../src/core/repos/openRepo.ts';
import type { LocalFile, ModelChoice } from '../../../../src/core/repos/repo.ts';
import { CONFIG, dropped, llama } from '../../../support/adaptedLlama.ts';

const folder = 'tests/fixtures/oracle/bert-f32';
const weights = readFileSync(`${folder}/model.safetensors`);
const config = new Blob([readFileSync(`${folder}/config.json`)]);

/** The place in the file of the first byte of the first tensor whose name ends so. */
function placeOf(ending: string): number {
  const length = Number(weights.readBigUInt64LE(0));
  const header = JSON.parse(weights.toString('utf8', 8, 8 + length)) as Record<
    string,
    { data_offsets: [number, number] }
  >;
  const [, entry] = Object.entries(header).find(([name]) => name.endsWith(ending))!;
  return 8 + length + entry.data_offsets[0];
}

function hashOf(bytes: Uint8Array, isCheckpoint = true, name = 'model.safetensors') {
  const files = [
    { path: `run/${name}`, blob: new Blob([bytes as Uint8Array<ArrayBuffer>]) },
    { path: 'run/config.json', blob: config },
  ];
  return hashOfFiles(files, isCheckpoint);
}

async function hashOfFiles(files: readonly LocalFile[], isCheckpoint = true) {
  const choice: ModelChoice = { kind: 'local', files, isCheckpoint };
  const deps = {
    openRepo: () => openRepo(choice, { hubUrl: '', fetch }),
    chooseEngine: async () => ({ engine: createReferenceEngine(), reason: 'test' }),
    replaceEngine: async () => null,
    now: () => 0,
    date: () => '',
    appVersion: '',
  };
  for await (const event of analyse({ choice }, deps, new AbortController().signal))
    if (event.type === 'done') return event.result.model.contentHash;
  throw new Error('not scored');
}

const changed = (at: number) => {
  const bytes = new Uint8Array(weights);
  bytes[at]! ^= 1;
  return bytes;
};

describe('the content of a checkpoint', () => {
  it('depends on its header and every byte of its Q and K', async () => {
    const hash = await hashOf(weights);
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(await hashOf(weights, true, 'other.safetensors')).toBe(hash);
    expect(await hashOf(changed(placeOf('attention.self.query.weight')))).not.toBe(hash);
    expect(await hashOf(changed(placeOf('attention.self.key.weight')))).not.toBe(hash);
  });

  it('differs where a run’s adapters differ over one base', async () => {
    const [one, other] = [llama(1), llama(2)];
    const hash = await hashOfFiles(dropped(one.base, one.adapter, CONFIG));
    expect(await hashOfFiles(dropped(one.base, one.adapter, CONFIG))).toBe(hash);
    expect(await hashOfFiles(dropped(one.base, other.adapter, CONFIG))).not.toBe(hash);
  });

  it('isn’t computed for a file that is no checkpoint of a folder', async () => {
    expect(await hashOf(weights, false)).toBeUndefined();
  });
});
