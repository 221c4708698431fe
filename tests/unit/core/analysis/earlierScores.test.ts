import { describe, expect, it } from 'vitest';
import { analyse } from '../../../../src/core/analysis/analyse.ts';
import { EARLIER_REFUSED, type EarlierScores } from '../../../../src/core/analysis/earlierScores.ts';
import type { AnalysisEvent } from '../../../../src/core/analysis/events.ts';
import type { ByteSource } from '../../../../src/core/bytes/byteSource.ts';
import type { Engine } from '../../../../src/core/engines/engine.ts';
import { createReferenceEngine } from '../../../../src/core/engines/reference/referenceEngine.ts';
import { createLocalRepo } from '../../../../src/core/repos/localRepo.ts';
import type { Repo } from '../../../../src/core/repos/repo.ts';
import type { LayerResult } from '../../../../src/core/result/index.ts';
import { conventionOf } from '../../../../src/core/weights/convention.ts';
import { lastOf } from '../../../support/analyseLocal.ts';
import { caseFiles } from '../../../support/oracle.ts';

type Range = readonly [number, number];

const CASE = 'bert-f32';
const FILES = caseFiles(CASE);

interface RunOptions {
  readonly earlier?: EarlierScores;
  /** Cancelled once so many layers are scored. */
  readonly stopAfter?: number;
  readonly repo?: (repo: Repo) => Repo;
  readonly engine?: Engine;
}

/** Runs the pipeline, and counts the bytes that it reads of the weights behind their header. */
async function run({ earlier, stopAfter, repo = (same) => same, engine }: RunOptions = {}) {
  const controller = new AbortController();
  const events: AnalysisEvent[] = [];
  const ranges: Range[] = [];
  const deps = {
    openRepo: async () => repo(counted(createLocalRepo(FILES), ranges)),
    chooseEngine: async () => ({ engine: engine ?? createReferenceEngine(), reason: 'test' }),
    replaceEngine: async () => null,
    now: () => 0,
    date: () => '2026-01-01T00:00:00.000Z',
    appVersion: '0.0.0',
  };
  const request = {
    choice: { kind: 'local', files: FILES } as const,
    earlier,
  };
  let scored = 0;
  for await (const event of analyse(request, deps, controller.signal)) {
    events.push(event);
    // What came before was read for the headers.
    if (event.type === 'plan') ranges.length = 0;
    if (event.type === 'layer' && ++scored === stopAfter) controller.abort();
  }
  return { events, ranges };
}

/** The repository, noting every range of a weight file that is read. */
function counted(repo: Repo, ranges: Range[]): Repo {
  return {
    ...repo,
    async open(path, signal): Promise<ByteSource> {
      const source = await repo.open(path, signal);
      if (!path.endsWith('.safetensors')) return source;
      return {
        ...source,
        read(begin, end, options) {
          ranges.push([begin, end]);
          return source.read(begin, end, options);
        },
      };
    },
  };
}

function earlierOf(events: readonly AnalysisEvent[]): EarlierScores {
  const { model, convention, stacks } = lastOf(events, 'plan');
  const layers = events.flatMap((event) =>
    event.type === 'layer' ? [{ stack: event.stack, row: event.layer, engine: event.engine }] : [],
  );
  return { model, convention, layoutOverrides: {}, stacks, layers };
}

/** Where the tensors of a layer lie, by the file's own header. */
async function placesOf(row: LayerResult): Promise<Range[]> {
  const { blob } = FILES.find(({ path }) => path.endsWith('.safetensors'))!;
  const bytes = await blob.arrayBuffer();
  const length = Number(new DataView(bytes).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 8, length)));
  return row.tensors.map(({ name }) => {
    const [from, to] = header[name].data_offsets;
    return [8 + length + from, 8 + length + to];
  });
}

const overlap = (ranges: readonly Range[], [from, to]: Range) =>
  ranges.filter(([begin, end]) => begin < to && end > from).length;

describe('an analysis that goes on from an earlier one', () => {
  it('reads no scored layer again, and ends with the scores and bytes of an undisturbed run', async () => {
    const whole = lastOf((await run()).events, 'done').result;
    const stopped = await run({ stopAfter: 1 });
    expect(lastOf(stopped.events, 'failed').error.code).toBe('cancelled');
    const { events, ranges } = await run({ earlier: earlierOf(stopped.events) });
    expect(lastOf(events, 'done').result).toEqual(whole);
    const [kept, ...others] = whole.stacks[0]!.layers;
    expect(others).toHaveLength(2);
    for (const place of await placesOf(kept!)) expect(overlap(ranges, place)).toBe(0);
    for (const row of others) for (const place of await placesOf(row)) expect(overlap(ranges, place)).toBe(1);
  });

  it('reads nothing but headers where all layers were scored', async () => {
    const { events } = await run();
    const again = await run({ earlier: earlierOf(events) });
    expect(lastOf(again.events, 'done').result).toEqual(lastOf(events, 'done').result);
    for (const row of lastOf(events, 'done').result.stacks[0]!.layers)
      for (const place of await placesOf(row)) expect(overlap(again.ranges, place)).toBe(0);
  });

  it('names the engine of each layer where another goes on', async () => {
    const earlier = earlierOf((await run({ stopAfter: 1 })).events);
    const engine: Engine = { ...createReferenceEngine(), id: 'wasm' as const };
    const { result } = lastOf((await run({ earlier, engine })).events, 'done');
    expect(result.stacks[0]!.layers.map((row) => row.engine)).toEqual(['reference', 'wasm', 'wasm']);
    expect(result.notes.join()).toContain('0 reference, 1 to 2 wasm');
  });

  it('takes nothing over from another revision', async () => {
    const earlier = earlierOf((await run({ stopAfter: 2 })).events);
    const moved = (sha: string) => (repo: Repo) => ({
      ...repo,
      identity: { ...repo.identity, source: 'hub' as const, sha },
    });
    const atA = { ...earlier, model: { ...earlier.model, source: 'hub' as const, sha: 'a' } };
    for (const [sha, layers] of [
      ['a', 1],
      ['b', 3],
    ] as const) {
      const { events, ranges } = await run({ earlier: atA, repo: moved(sha) });
      const rows = lastOf(events, 'done').result.stacks[0]!.layers;
      const places = (await Promise.all(rows.map(placesOf))).map((of) => overlap(ranges, of[0]!));
      expect(places.filter((count) => count > 0)).toHaveLength(layers);
      expect(lastOf(events, 'plan').notes.includes(EARLIER_REFUSED)).toBe(sha === 'b');
    }
  });

  it.each<[string, (earlier: EarlierScores) => EarlierScores]>([
    ['other headers', (earlier) => ({ ...earlier, model: { ...earlier.model, fingerprint: '0' } })],
    [
      'another convention',
      (earlier) => ({
        ...earlier,
        convention: conventionOf({ layerNorm: true, qkNorm: false, ropeOffset: 0 }),
      }),
    ],
    [
      'another split',
      (earlier) => ({ ...earlier, layoutOverrides: { splits: { heads: { heads: 2, kvHeads: 2 } } } }),
    ],
    [
      'other shapes',
      (earlier) => ({
        ...earlier,
        stacks: [{ ...earlier.stacks[0]!, shape: { ...earlier.stacks[0]!.shape, heads: 2 } }],
      }),
    ],
  ])('reads everything again by %s', async (_, change) => {
    const earlier = change(earlierOf((await run({ stopAfter: 2 })).events));
    const { events } = await run({ earlier });
    expect(lastOf(events, 'plan').notes).toContain(EARLIER_REFUSED);
    expect(lastOf(events, 'done').result).toEqual(lastOf((await run()).events, 'done').result);
  });
});
