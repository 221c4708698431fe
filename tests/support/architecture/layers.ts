/** A room of `src`: a folder with one purpose. */
export interface Room {
  /** What the room is for, as the maps of README.md and docs/architecture.md say it. */
  readonly purpose: string;
  /** The rooms that it may import from, by whatever sort of import; those within it need no mention. */
  readonly uses: readonly string[];
  /** The packages that it may import. */
  readonly packages?: readonly string[];
  /** Entered by its index.ts alone. */
  readonly hasDoor?: boolean;
  /** Folders within it that know nothing of each other. */
  readonly siblings?: readonly string[];
}

/**
 * The layers of the house, lowest first. It is an allow-list: what isn't named is forbidden. tests/unit/architecture
 * holds the code to it, and the map in docs/architecture.md is made from it.
 */
export const LAYERS: Readonly<Record<string, Room>> = {
  core: { purpose: 'errors, deadlines and the few helpers that every room of the core uses', uses: [] },
  'core/linalg': { purpose: 'float64 linear algebra and statistics, one file a method', uses: [] },
  'core/metrics': { purpose: 'the scores and what chance gives, one file a metric', uses: ['core/linalg'] },
  'core/bytes': { purpose: 'where bytes come from: files, HTTP ranges, retries', uses: ['core'] },
  'core/repos': {
    purpose: 'a set of named files: the Hugging Face Hub, dropped files, the bundled sample',
    uses: ['core', 'core/bytes'],
    packages: ['valibot'],
    hasDoor: true,
  },
  'core/formats': {
    purpose: 'what the bytes say: a file or folder a format, shards, slices, config.json',
    uses: ['core', 'core/bytes', 'core/repos'],
    packages: ['valibot'],
    siblings: ['gguf', 'onnx', 'pytorch'],
  },
  'core/quantisation': {
    purpose: 'quantised tensors as the weights they stand for, one file a method',
    uses: ['core', 'core/linalg', 'core/formats'],
    packages: ['valibot'],
  },
  'core/architectures': {
    purpose: 'which tensors are Q and K and how heads divide them: a row of data a model type (families/)',
    uses: ['core', 'core/linalg', 'core/repos', 'core/quantisation'],
  },
  'core/weights': {
    purpose: 'views of raw bytes as matrices; what a layer needs and its reading',
    uses: ['core', 'core/linalg', 'core/formats', 'core/quantisation', 'core/architectures'],
  },
  'core/adapters': {
    purpose: 'LoRA and (IA)³ merged into the weights of the base model',
    uses: ['core', 'core/repos', 'core/formats', 'core/quantisation', 'core/architectures', 'core/weights'],
  },
  'core/engines': {
    purpose: 'how products of weights are computed: reference, WebGPU, WASM, onnxruntime-web',
    uses: ['core', 'core/linalg', 'core/metrics', 'core/formats', 'core/weights'],
    packages: ['onnxruntime-web'],
    hasDoor: true,
    siblings: ['reference', 'webgpu', 'wasm', 'ort'],
  },
  'core/result': {
    purpose: 'what an analysis and a benchmark give: the schemas that are exported and cached',
    uses: ['core', 'core/metrics', 'core/repos', 'core/weights', 'core/engines'],
    hasDoor: true,
  },
  'core/analysis': {
    purpose: 'the pipeline: plan, then events, then a result',
    uses: [
      'core',
      'core/metrics',
      'core/repos',
      'core/formats',
      'core/quantisation',
      'core/architectures',
      'core/weights',
      'core/adapters',
      'core/engines',
      'core/result',
    ],
    hasDoor: true,
  },
  'core/inspection': {
    purpose: 'one head in detail, its partners, and metrics of whole layers',
    uses: [
      'core',
      'core/linalg',
      'core/metrics',
      'core/repos',
      'core/formats',
      'core/architectures',
      'core/weights',
      'core/engines',
      'core/result',
      'core/analysis',
    ],
    hasDoor: true,
  },
  'core/notebook': {
    purpose: 'the scores and times of the notebook that this project comes from',
    uses: ['core/engines', 'core/result'],
  },
  'core/published': {
    purpose: 'the scores of the published models, from the paper',
    uses: ['core/linalg', 'core/result'],
  },
  'core/benchmark': {
    purpose: 'the timing comparison of the methods, and its sweep over shapes',
    uses: [
      'core',
      'core/linalg',
      'core/metrics',
      'core/repos',
      'core/formats',
      'core/architectures',
      'core/weights',
      'core/engines',
      'core/result',
      'core/analysis',
      'core/notebook',
    ],
    hasDoor: true,
  },
  'core/userScores': {
    purpose: 'scores that the user brings, from CSV and JSON',
    uses: ['core', 'core/result'],
    hasDoor: true,
  },
  'core/series': {
    purpose: 'which checkpoints of a training run are copies or jumps',
    uses: ['core', 'core/repos'],
    hasDoor: true,
  },
  worker: {
    purpose: 'the core in a worker: one typed protocol, its two ends, the threads they start',
    uses: [
      'core',
      'core/bytes',
      'core/repos',
      'core/architectures',
      'core/weights',
      'core/engines',
      'core/result',
      'core/analysis',
      'core/inspection',
      'core/benchmark',
    ],
    packages: ['idb-keyval'],
  },
  figures: {
    purpose: 'data to scene to SVG; the page draws the same scenes',
    uses: [
      'core/linalg',
      'core/metrics',
      'core/engines',
      'core/result',
      'core/benchmark',
      'core/notebook',
      'core/published',
      'core/userScores',
    ],
    packages: ['d3'],
  },
  state: {
    purpose: 'the store, flat by slice; actions are its only writers',
    uses: [
      'core',
      'core/metrics',
      'core/bytes',
      'core/repos',
      'core/architectures',
      'core/weights',
      'core/engines',
      'core/result',
      'core/analysis',
      'core/inspection',
      'core/benchmark',
      'core/published',
      'core/userScores',
      'core/series',
      'worker',
      'figures',
    ],
    packages: ['zustand', 'idb-keyval', 'valibot'],
  },
  ui: {
    purpose: 'React components: they read selectors and call actions, a folder a part of the page',
    uses: [
      'core',
      'core/linalg',
      'core/metrics',
      'core/repos',
      'core/architectures',
      'core/weights',
      'core/engines',
      'core/result',
      'core/analysis',
      'core/inspection',
      'core/benchmark',
      'core/notebook',
      'core/published',
      'core/userScores',
      'core/series',
      'figures',
      'state',
    ],
    packages: ['react', 'react-dom', 'zustand', 'd3', '@huggingface/transformers'],
  },
  main: {
    purpose: 'where the page starts: it makes the store, the worker and the page',
    uses: ['worker', 'state', 'ui'],
    packages: ['react', 'react-dom', '@huggingface/hub'],
  },
};
