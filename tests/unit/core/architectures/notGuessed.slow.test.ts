import { describe, expect, it } from 'vitest';
import type { LayerLayout } from '../../../../src/core/architectures/layout.ts';
import { ARCHITECTURES } from '../../../../src/core/architectures/registry.ts';
import { checkpointsOf, type MadeCheckpoint } from '../../../support/architectures/checkpointOf.ts';
import { layoutMade } from '../../../support/architectures/readMade.ts';
import { RECORDS } from '../../../support/architectures/records.ts';

/** One checkpoint of every model type: Q and K, and nothing that stands around them. */
const MADE = RECORDS.filter(({ status }) => status === 'supported').map(
  (record) => [record.model_type, checkpointsOf(record)[0]!] as const,
);

type Tensors = MadeCheckpoint['tensors'];

function layersOf({ tensors, config }: Pick<MadeCheckpoint, 'tensors' | 'config'>) {
  const answer = layoutMade({ tensors }, config, ARCHITECTURES);
  return answer.kind !== 'layout'
    ? []
    : answer.layout.stacks.flatMap(({ name, layers }) => layers.map((layer) => ({ stack: name, layer })));
}

const gainOf = ({ folds: { inputGain } }: LayerLayout) =>
  'why' in inputGain ? { why: inputGain.why } : { name: inputGain.name };

/** The gain that a layer misses, by the reason that it gives: the first of the names that would do. */
function missedBy(layer: LayerLayout): { readonly name: string; readonly size: number } | null {
  const why = gainOf(layer).why ?? '';
  const name = /^Its norm’s gain (\S+) (?:or \S+ )*isn’t in the files\.$/.exec(why)?.[1];
  return name === undefined ? null : { name, size: layer.dModel };
}

const vector = (name: string, size: number): Tensors[number] => ({
  name,
  shape: [size],
  orientation: 'out_in',
  values: new Float32Array(size).fill(1),
});

describe('a norm that is unknown or missing is unavailable', () => {
  it.each(MADE)('%s', (_, made) => {
    const bare = layersOf(made);
    expect(bare).not.toEqual([]);
    for (const { stack, layer } of bare) {
      const { inputGain, headGains, rotation } = layer.folds;
      // Without its gains no layer is offered one, and each says why.
      expect('why' in inputGain && 'why' in headGains, stack).toBe(true);
      for (const fold of [inputGain, headGains, rotation])
        if ('why' in fold) expect(fold.why, stack).toMatch(/^\S.{15,}\.$/);
      if (stack.endsWith('cross')) expect(gainOf(layer).why).toContain('two streams');
    }
    const missed = bare.map(({ layer }) => missedBy(layer));
    const gains = missed.flatMap((gain) => gain ?? []);
    const with_ = (more: number, config = made.config) =>
      layersOf({
        tensors: [...made.tensors, ...gains.map(({ name, size }) => vector(name, size + more))],
        config,
      }).map(({ layer }) => layer);
    // With them, each takes the very one that it missed …
    expect(with_(0).map(gainOf)).toEqual(
      bare.map(({ layer }, at) => {
        const gain = missed[at];
        return gain ? { name: gain.name } : gainOf(layer);
      }),
    );
    // … of d numbers alone; and none where the model type isn't known, whatever is in the files.
    for (const layer of with_(1)) expect('name' in gainOf(layer)).toBe(false);
    for (const { folds } of with_(0, { ...made.config, model_type: 'nobody' }))
      for (const fold of [folds.inputGain, folds.headGains, folds.rotation])
        expect('why' in fold ? fold.why : 'offered').toMatch(/nobody isn’t known here|two streams|no common/);
  });

  it('is unknown for few model types', () => {
    const unknown = MADE.flatMap(([type, made]) =>
      layersOf(made)
        .filter(({ layer }) => /isn’t known/.test(gainOf(layer).why ?? ''))
        .map(({ stack }) => `${type} ${stack}`),
    );
    expect([...new Set(unknown)]).toEqual([
      'llama4 vision.self',
      'mllama vision.self',
      'mllama vision.global',
      'xmod self',
      'gte self',
      'jina_embeddings_v3 self',
      'minimax_m3_vl_text self',
      'Dream self',
      'llada self',
      't5gemma2 encoder.self',
      't5gemma2 decoder.self',
    ]);
  });
});
