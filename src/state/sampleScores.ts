// The sample's scores, which come with the page: its maps stand before any weight is read.
import type { PlannedStack } from '../core/analysis/index.ts';
import { symmetryScore } from '../core/metrics/symmetry.ts';
import type { SAMPLE_NAMES } from '../core/repos/index.ts';
import type { ModelState } from './modelState.ts';

type SampleName = (typeof SAMPLE_NAMES)[number];

/** r of each head, layer by layer: the last step of public/sample/training.json, which PyTorch computed in float64, to six digits. */
const RATIOS: Readonly<Record<SampleName, readonly (readonly number[])[]>> = {
  masked: [
    [0.673472, 0.671848, 0.771671, 0.805121],
    [0.662933, 0.662599, 0.713736, 0.764301],
    [0.661055, 0.684685, 0.537301, 0.53437],
    [0.559313, 0.533059, 0.623712, 0.517731],
  ],
  causal: [
    [0.501189, 0.487664, 0.519908, 0.49462],
    [0.506284, 0.524171, 0.50471, 0.495367],
    [0.510627, 0.51624, 0.51217, 0.537244],
    [0.550864, 0.539074, 0.516466, 0.531477],
  ],
};
const SHAPE = { layers: 4, heads: 4, kvHeads: 4, dModel: 128, dHead: 32 };

/** A sample model as it stands until its own weights are scored: marked, and replaced layer by layer. */
export function precomputedSample(
  name: SampleName,
): Pick<ModelState, 'model' | 'engine' | 'bytes' | 'stacks' | 'stackName' | 'isPrecomputed'> {
  const stack: PlannedStack = {
    name: 'self',
    shape: SHAPE,
    headsFrom: 'config.json',
    layers: RATIOS[name].map((ratios, layer) => ({
      layer,
      tensors: [],
      heads: ratios.map((r, head) => ({ head, kvHead: head, r, s: symmetryScore(r) })),
    })),
    ...{ splitKey: '', splits: [] },
    offers: { layerNorm: WAIT, qkNorm: WAIT, rope: WAIT },
  };
  return {
    model: {
      ...{ source: 'sample', id: `sample/${name}`, revision: null, sha: null, fingerprint: null },
      ...{ format: 'safetensors', modelType: 'bert', architecture: 'bert', dtype: 'F16' },
    },
    engine: { id: 'recorded', device: 'PyTorch, float64', reason: 'computed before, served with the page' },
    bytes: { read: 0, planned: 0, needed: 0, file: 0 },
    stacks: [stack],
    stackName: stack.name,
    isPrecomputed: true,
  };
}

const WAIT = 'Available once the weights are read.';
