import type { HeadSplit } from '../architectures/headSplit.ts';
import { inferLayout, type LayoutAnswer, type ModelLayout } from '../architectures/inferLayout.ts';
import { isQueryKeyName } from '../architectures/registry.ts';
import { QKError } from '../errors.ts';
import { type OpenedCheckpoint, openCheckpoint } from '../formats/openCheckpoint.ts';
import type { Repo } from '../repos/repo.ts';
import { type LayerPlan, planLayer } from '../weights/layerPlan.ts';
import type { HeadQuestion } from './events.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { ByteCounts, LayerResult, ModelInfo, ModelShape, TensorUse } from './result.ts';

/** One layer is one buffer; browsers refuse larger ones (2 GiB), and the largest known layer (d 16384) takes 1 GiB. */
const MAX_LAYER_BYTES = 1.5 * 1024 ** 3;

/** What will be read and scored, decided before any weight is read. */
export interface AnalysisPlan {
  readonly model: ModelInfo;
  readonly shape: ModelShape;
  readonly bytes: ByteCounts;
  readonly layout: ModelLayout;
  readonly layers: readonly LayerPlan[];
  /** Every layer, in order, without scores; skipped ones with their reason. */
  readonly rows: readonly LayerResult[];
  readonly notes: readonly string[];
}

export type PlanAnswer =
  | { readonly kind: 'plan'; readonly plan: AnalysisPlan }
  | { readonly kind: 'question'; readonly question: HeadQuestion };

/** Reads headers and config, finds Q and K, and says what will be read. */
export async function planAnalysis(
  repo: Repo,
  split: HeadSplit | undefined,
  signal?: AbortSignal,
): Promise<PlanAnswer> {
  const checkpoint = await openCheckpoint(repo, isQueryKeyName, signal);
  const answer = inferLayout(checkpoint, split);
  if (answer.kind === 'question') return { kind: 'question', question: questionOf(answer) };
  const { layout } = answer;
  const layers = layout.layers.map((tensors) => planLayer(tensors, layout));
  const largest = Math.max(0, ...layers.map(({ bufferBytes }) => bufferBytes));
  if (largest > MAX_LAYER_BYTES) {
    throw new QKError(
      'too-large',
      `One layer's query and key weights take ${largest} bytes, more than a browser gives in one piece (${MAX_LAYER_BYTES}).`,
      { where: repo.identity.id },
    );
  }
  const shape = {
    layers: layout.layers.length + layout.skipped.length,
    heads: layout.heads,
    kvHeads: layout.kvHeads,
    dModel: layout.dModel,
    dHead: layout.dHead,
  };
  const { identity } = repo;
  return {
    kind: 'plan',
    plan: {
      layout,
      layers,
      shape,
      model: {
        source: identity.source,
        id: identity.id,
        revision: identity.revision ?? null,
        sha: identity.sha ?? null,
        fingerprint: await fingerprintOf(checkpoint.headers),
        format: checkpoint.format,
        modelType: layout.modelType,
        architecture: layout.architecture.id,
        dtype: [...new Set(layout.layers.flatMap(({ q, k }) => [q.dtype, k.dtype]))].join(', '),
      },
      bytes: bytesOf(checkpoint, layers),
      rows: rowsOf(layout),
      notes: [...identity.notes, ...checkpoint.notes, ...layout.notes],
    },
  };
}

function bytesOf(checkpoint: OpenedCheckpoint, layers: readonly LayerPlan[]): ByteCounts {
  const sum = (of: (layer: LayerPlan) => number) => layers.reduce((total, layer) => total + of(layer), 0);
  return {
    read: checkpoint.headerBytes,
    planned: checkpoint.headerBytes + sum((layer) => layer.bufferBytes),
    needed: sum((layer) => layer.neededBytes),
    file: checkpoint.fileBytes,
  };
}

function rowsOf(layout: ModelLayout): LayerResult[] {
  const rows: LayerResult[] = layout.layers.map(({ layer, q, k }) => ({
    layer,
    tensors: tensorUses(layout, q, k),
    heads: [],
  }));
  for (const { layer, code, reason } of layout.skipped)
    rows.push({ layer, tensors: [], heads: [], skipped: { code, reason } });
  return rows.sort((a, b) => a.layer - b.layer);
}

function tensorUses(
  layout: ModelLayout,
  q: ModelLayout['layers'][number]['q'],
  k: ModelLayout['layers'][number]['k'],
): TensorUse[] {
  const width = layout.heads * layout.dHead;
  if (q !== k) return [q, k].map(({ name, dtype }) => ({ name, dtype }));
  return [
    { name: q.name, dtype: q.dtype, rows: `columns 0 to ${width - 1} are Q` },
    { name: k.name, dtype: k.dtype, rows: `columns ${width} to ${2 * width - 1} are K` },
  ];
}

function questionOf(answer: Extract<LayoutAnswer, { kind: 'question' }>): HeadQuestion {
  return {
    qRows: answer.rows.qRows,
    kRows: answer.rows.kRows,
    dModel: answer.dModel,
    layers: answer.layers,
    candidates: answer.splits,
    why: answer.why,
  };
}
