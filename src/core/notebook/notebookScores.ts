// The scores of the notebook that this project comes from.
import type { AnalysisResult, ModelShape } from '../result/index.ts';

/**
 * The scores that the origin notebook printed (symmetry ratio r, float32), as it printed them. One string is one
 * layer, heads from 0. Left out: values that its dump cut off in the middle (BERT-large L5H7, "0.615020…", and all
 * after it; the 28th of TinyStories' loop list, "0.54…"), and its norm values, whose float32 sums are off by 1e-6 to
 * 5e-5.
 */
interface NotebookTable {
  readonly model: NotebookModel;
  readonly layers: readonly number[];
  /** Head of each column; numpy's ellipsis leaves some out. */
  readonly heads: readonly number[];
  readonly printed: readonly string[];
  readonly remark?: string;
}

/** A model of the notebook, in the head split that it used. */
export interface NotebookModel {
  /** Hub ids, lower case. */
  readonly ids: readonly string[];
  readonly shape: ModelShape;
}

export const NOTEBOOK_MODELS = {
  bertLarge: {
    ids: ['bert-large-uncased', 'google-bert/bert-large-uncased'],
    shape: { layers: 24, heads: 16, kvHeads: 16, dModel: 1024, dHead: 64 },
  },
  llama2: {
    ids: ['meta-llama/llama-2-7b-hf'],
    shape: { layers: 32, heads: 32, kvHeads: 32, dModel: 4096, dHead: 128 },
  },
  /** The model has 16 heads of 16; the notebook split 256 into 4 of 64. */
  tinyStories: {
    ids: ['roneneldan/tinystories-8m'],
    shape: { layers: 8, heads: 4, kvHeads: 4, dModel: 256, dHead: 64 },
  },
} as const satisfies Record<string, NotebookModel>;

/** Returns whether a hub id names this model, whatever the case of its letters. */
export function isNotebookModel(model: NotebookModel, id: string): boolean {
  return model.ids.includes(id.toLowerCase());
}

/** Same weights, scored exactly, differ from the notebook's float32 by less. */
export const NOTEBOOK_TOLERANCE = 2e-6;

const HEADS_16 = Array.from({ length: 16 }, (_, head) => head);
const CORNERS = [0, 1, 2, 29, 30, 31];

const TABLES: readonly NotebookTable[] = [
  {
    model: NOTEBOOK_MODELS.bertLarge,
    layers: [0, 1, 2, 3, 4, 5],
    heads: HEADS_16,
    printed: [
      '0.5953149 0.5205291 0.5762671 0.52754605 0.5186807 0.60564375 0.7040896 0.5424154 0.5100304 0.650583 0.5411442 0.65075475 0.7321492 0.5443711 0.51514816 0.506263',
      '0.6182766 0.7586884 0.6002054 0.65335536 0.71380043 0.53553736 0.59238815 0.52918947 0.59624547 0.5107676 0.55948055 0.5727372 0.52321815 0.6255044 0.5412552 0.5369339',
      '0.5764037 0.5160598 0.6525016 0.5320777 0.6415573 0.5513461 0.5023911 0.5294934 0.740103 0.50999993 0.52891695 0.47562772 0.5361897 0.6094643 0.5196909 0.53254163',
      '0.54349697 0.64425504 0.52394927 0.5461073 0.53182757 0.55093443 0.6887869 0.5313994 0.51421505 0.40598178 0.5647216 0.5434591 0.62864274 0.66327137 0.7294234 0.533965',
      '0.5858928 0.5748431 0.6538075 0.6340821 0.52380526 0.59078705 0.5359635 0.5951824 0.55511755 0.5569792 0.52062106 0.5553155 0.78356344 0.5621277 0.5184722 0.53117317',
      '0.5476827 0.5499055 0.57550657 0.53467035 0.61678123 0.61833227 0.62975156',
    ],
  },
  {
    model: NOTEBOOK_MODELS.llama2,
    layers: CORNERS,
    heads: CORNERS,
    printed: [
      '0.52607685 0.53095376 0.50443894 0.5699742 0.503946 0.51258475',
      '0.5351433 0.85908824 0.51482266 0.51724714 0.5058044 0.5098453',
      '0.5556293 0.5044855 0.54950416 0.66939104 0.5937965 0.5016917',
      '0.5050277 0.5271805 0.50715715 0.489089 0.5075681 0.53097606',
      '0.50809693 0.5172196 0.47805548 0.56132686 0.55978334 0.5196364',
      '0.505103 0.5139302 0.5019172 0.55089754 0.5231217 0.48070505',
    ],
  },
  {
    model: NOTEBOOK_MODELS.tinyStories,
    layers: [0, 1, 2, 3, 4, 5, 6, 7],
    heads: [0, 1, 2, 3],
    printed: [
      '0.51008594 0.5002863 0.5011067 0.5099732',
      '0.51710474 0.48365727 0.5046482 0.5378101',
      '0.41431645 0.4889804 0.44898984 0.4257167',
      '0.47386387 0.52357817 0.47452947 0.52988505',
      '0.5297684 0.41397804 0.38179463 0.39657295',
      '0.45648208 0.4570157 0.50635654 0.40751418',
      '0.5407863 0.56023765 0.5436243 0.5434173',
      '0.5298016 0.5333205 0.5603063 0.5317767',
    ],
    remark:
      'The notebook split this model as 4 heads of 64; it has 16 heads of 16. Each printed value pools four of its heads.',
  },
];

export interface NotebookScore {
  readonly layer: number;
  readonly head: number;
  /** As printed: "0.52754605". */
  readonly printed: string;
  /** The notebook's r. */
  readonly r: number;
}

/** Parsed once, here. */
const SCORES: ReadonlyMap<NotebookTable, readonly NotebookScore[]> = new Map(
  TABLES.map((table) => [table, parseTable(table)]),
);

/** What the notebook printed for a model, if it did. */
export interface NotebookScores {
  /** Empty when it printed values for another head split only. */
  readonly scores: readonly NotebookScore[];
  /** The split that it used: "split as 4 × 64 to see them". */
  readonly shape: ModelShape;
  readonly remark: string | null;
}

/**
 * Returns the notebook's scores by hub id, whatever the case of its letters; null when the notebook has no such
 * model.
 */
export function notebookScoresFor(modelId: string, shape: ModelShape): NotebookScores | null {
  const table = TABLES.find(({ model }) => isNotebookModel(model, modelId));
  if (!table) return null;
  const scores = sameShape(table.model.shape, shape) ? (SCORES.get(table) ?? []) : [];
  return { scores, shape: table.model.shape, remark: table.remark ?? null };
}

export function sameShape(a: ModelShape, b: ModelShape): boolean {
  const keys = ['layers', 'heads', 'kvHeads', 'dModel', 'dHead'] as const;
  return keys.every((key) => a[key] === b[key]);
}

export interface NotebookComparison extends Omit<NotebookScores, 'scores'> {
  readonly rows: readonly {
    readonly layer: number;
    readonly head: number;
    /** Our r; null while it isn't there or undefined. */
    readonly ours: number | null;
    readonly notebook: number;
    /** ours − notebook. */
    readonly difference: number | null;
    readonly printed: string;
  }[];
  /** False where ours are of another convention than the notebook's raw weights: then no rows are compared. */
  readonly isRaw: boolean;
  /** Over the rows that have ours; null when none has. */
  readonly maxAbsDifference: number | null;
  /** The same weights should give a maximum of at most this. */
  readonly tolerance: number;
}

/** Our scores beside the notebook's; null when the notebook has no such model. */
export function compareWithNotebook(
  result: Pick<AnalysisResult, 'model' | 'shape' | 'stacks' | 'convention'>,
): NotebookComparison | null {
  const found = notebookScoresFor(result.model.id, result.shape);
  if (!found) return null;
  const layers = result.stacks[0]?.layers ?? [];
  const isRaw = result.convention.name === 'raw';
  const rows = (isRaw ? found.scores : []).map(({ layer, head, printed, r }) => {
    const ours =
      layers
        .find((candidate) => candidate.layer === layer)
        ?.heads.find((candidate) => candidate.head === head)?.r ?? null;
    return { layer, head, ours, notebook: r, difference: ours === null ? null : ours - r, printed };
  });
  const differences = rows.flatMap(({ difference }) => (difference === null ? [] : [Math.abs(difference)]));
  return {
    shape: found.shape,
    remark: found.remark,
    isRaw,
    rows,
    maxAbsDifference: differences.length > 0 ? Math.max(...differences) : null,
    tolerance: NOTEBOOK_TOLERANCE,
  };
}

function parseTable({ layers, heads, printed }: NotebookTable): NotebookScore[] {
  return layers.flatMap((layer, row) =>
    (printed[row] ?? '')
      .split(' ')
      .map((text, column) => ({ layer, head: heads[column]!, printed: text, r: Number(text) })),
  );
}
