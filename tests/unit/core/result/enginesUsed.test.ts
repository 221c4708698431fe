import { describe, expect, it } from 'vitest';
import { type AnalysisDeps, analyse } from '../../../../src/core/analysis/analyse.ts';
import type { AnalysisEvent } from '../../../../src/core/analysis/events.ts';
import type { Engine, EngineId } from '../../../../src/core/engines/engine.ts';
import { createReferenceEngine } from '../../../../src/core/engines/reference/referenceEngine.ts';
import { QKError } from '../../../../src/core/errors.ts';
import { openLocalRepo } from '../../../../src/core/repos/localRepo.ts';
import { engineLine } from '../../../../src/figures/citation.ts';
import { resultsToCsv } from '../../../../src/figures/resultsToCsv.ts';
import { lastOf } from '../../../support/analyseLocal.ts';
import { caseFiles } from '../../../support/oracle.ts';

/** The reference engine under another name, which gives up after so many layers. */
function engineCalled(id: EngineId, layers = Infinity): Engine {
  const engine = createReferenceEngine();
  let at = 0;
  return {
    ...engine,
    id,
    load: (weights, signal) => {
      if (at++ >= layers) throw new QKError('engine-failed', 'The device was lost.');
      return engine.load(weights, signal);
    },
  };
}

const deps = (more: Partial<AnalysisDeps>): AnalysisDeps => ({
  openRepo: async () => openLocalRepo(caseFiles('bert-f32')),
  chooseEngine: async () => ({ engine: engineCalled('wasm'), reason: 'test' }),
  replaceEngine: async () => null,
  now: () => 0,
  date: () => '2026-01-01T00:00:00.000Z',
  appVersion: '0.0.0',
  ...more,
});

async function run(more: Partial<AnalysisDeps>, signal = new AbortController().signal) {
  const events: AnalysisEvent[] = [];
  const choice = { kind: 'local', files: [] } as const;
  for await (const event of analyse({ choice }, deps(more), signal)) events.push(event);
  return events;
}

describe('the engine of each layer', () => {
  it('is named in a note, the CSV and the figure where another took over', async () => {
    const events = await run({
      chooseEngine: async () => ({ engine: engineCalled('webgpu', 1), reason: 'the GPU, by WebGPU' }),
      replaceEngine: async () => ({ engine: engineCalled('wasm'), reason: 'webgpu failed midway: lost' }),
    });
    const { result } = lastOf(events, 'done');
    expect(result.stacks[0]!.layers.map(({ engine }) => engine)).toEqual(['webgpu', 'wasm', 'wasm']);
    expect(result.notes).toContain(
      'Which engine scored which layers: 0 webgpu, 1 to 2 wasm (webgpu failed midway: lost).',
    );
    const [header, ...lines] = resultsToCsv([result])
      .trim()
      .split('\n')
      .map((line) => line.split(','));
    const at = header!.indexOf('engine');
    const layer = header!.indexOf('layer');
    expect([...new Set(lines.map((cells) => `${cells[layer]} ${cells.at(at - header!.length)}`))]).toEqual([
      '0 webgpu',
      '1 wasm',
      '2 wasm',
    ]);
    expect(engineLine([result])[0]).toContain('webgpu for some layers');
  });

  it('is left out where one engine scored all', async () => {
    const { result } = lastOf(await run({}), 'done');
    expect(result.stacks[0]!.layers.some((row) => 'engine' in row)).toBe(false);
    expect(result.notes.join()).not.toContain('engine');
    expect(resultsToCsv([result]).split('\n')[0]).not.toContain('engine');
  });

  it('needs no note where another engine scored all layers', async () => {
    const { result } = lastOf(
      await run({
        chooseEngine: async () => ({ engine: engineCalled('webgpu', 0), reason: 'test' }),
        replaceEngine: async () => ({ engine: engineCalled('wasm'), reason: 'webgpu failed midway' }),
      }),
      'done',
    );
    expect(result.engine.id).toBe('wasm');
    expect(result.stacks[0]!.layers.some((row) => 'engine' in row)).toBe(false);
  });
});

describe('a cancellation is obeyed at once', () => {
  const never = () => new Promise<never>(() => {});
  const stuck: Engine = { ...createReferenceEngine(), load: never };
  it.each<[string, Partial<AnalysisDeps>]>([
    ['while the files are opened', { openRepo: never }],
    ['while an engine starts', { chooseEngine: never }],
    [
      'while another engine takes over',
      {
        chooseEngine: async () => ({ engine: engineCalled('webgpu', 0), reason: 'test' }),
        replaceEngine: never,
      },
    ],
    [
      'while an engine is stuck in a layer',
      { chooseEngine: async () => ({ engine: stuck, reason: 'test' }) },
    ],
  ])('%s', async (_, more) => {
    const controller = new AbortController();
    const running = run(more, controller.signal);
    await new Promise((resolve) => setTimeout(resolve, 0));
    controller.abort();
    expect(lastOf(await running, 'failed').error.code).toBe('cancelled');
  });

  it('obeys while a read hangs', async () => {
    const controller = new AbortController();
    const repo = await openLocalRepo(caseFiles('bert-f32'));
    let reads = 0;
    const open: typeof repo.open = async (path, signal) => {
      const source = await repo.open(path, signal);
      if (!path.endsWith('.safetensors')) return source;
      return {
        ...source,
        read(begin, end, options) {
          if (options?.into === undefined) return source.read(begin, end, options);
          reads++;
          return never();
        },
      };
    };
    const running = run({ openRepo: async () => ({ ...repo, open }) }, controller.signal);
    while (reads === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    controller.abort();
    expect(lastOf(await running, 'failed').error.code).toBe('cancelled');
  });
});
