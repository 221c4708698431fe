// The scores of the published models, from the paper.
import { median, quantile } from '../linalg/statistics.ts';

/** Why a published value is wrong or leaves something out; PUBLISHED_FAULTS has the words. */
export type PublishedFault =
  | 'random-weights'
  | 'key-heads'
  | 'not-transposed'
  | 'interleaved'
  | 'cross-attention'
  | 'layers-missing'
  | 'vision-tower';

/**
 * One entry of arXiv:2502.10927's published scores, whole layers each. ok: right, to six digits; other: the values are
 * right, but what was published beside them (widths, parameters) isn't.
 */
export interface PublishedModel {
  /** Hub ids of these weights; the paper's own models are named "paper/…". */
  readonly models: readonly string[];
  readonly group: 'language' | 'vision' | 'audio' | 'own';
  readonly kind: 'encoder' | 'decoder';
  readonly parameters: number;
  readonly verdict: 'ok' | 'wrong' | 'partial' | 'not-self-attention' | 'other';
  readonly why: readonly PublishedFault[];
  /** s = 2r − 1 of each layer, M summed over its heads. */
  readonly s: readonly number[];
  /** Over the layers, quartiles as numpy takes them: the paper's statistic. */
  readonly median: number;
  readonly q1: number;
  readonly q3: number;
}

/** What the paper's code did, in words. */
export const PUBLISHED_FAULTS: Readonly<Record<PublishedFault, string>> = {
  'random-weights':
    'The model was built from its config alone, and its trained weights were never loaded: the value is that of random weights, 1/d.',
  'key-heads':
    'Query heads were paired with the wrong key heads: head h with key head h mod KV instead of ⌊h·KV/H⌋ (grouped queries).',
  'not-transposed':
    'The weights weren’t transposed: the product runs over the input dimension, so it isn’t M = Wq Wkᵀ.',
  interleaved:
    'Q, K and V lie interleaved head by head in this model’s fused matrix, and were read as three blocks.',
  'cross-attention':
    'These are layers of cross attention: rows and columns of M belong to different spaces, so symmetry says nothing.',
  'layers-missing': 'Only some of the layers were scored.',
  'vision-tower': 'The scores are those of the vision encoder, though published as the language model’s.',
};

interface StoredModel extends Omit<PublishedModel, 's' | 'median' | 'q1' | 'q3'> {
  readonly s: string;
}

/** Loads the published scores; their file is fetched when this is first called, not with the page. */
export async function loadPublished(): Promise<readonly PublishedModel[]> {
  const { default: stored } = await import('./models.json');
  return (stored.models as StoredModel[]).map((model) => {
    const s = model.s.split(' ').map(Number);
    return { ...model, s, median: median(s), q1: quantile(s, 0.25), q3: quantile(s, 0.75) };
  });
}

/** Organisations that the hub moved models without one to: "gpt2" is "openai-community/gpt2". */
const HOMES: ReadonlySet<string> = new Set([
  'openai-community',
  'google-bert',
  'google-t5',
  'facebookai',
  'albert',
  'distilbert',
]);

/**
 * Returns the entries of this very model, by its hub id, whatever the case of its letters. `stack` is the map that
 * is looked at: its encoder's values aren't its decoder's, and cross attention has none.
 */
export function publishedOf(
  published: readonly PublishedModel[],
  id: string,
  stack: string,
): readonly PublishedModel[] {
  if (stack.endsWith('cross')) return [];
  const kind = stack.includes('decoder') ? 'decoder' : stack.includes('encoder') ? 'encoder' : null;
  const wanted = withoutHome(id);
  return published.filter(
    (model) =>
      (kind === null || model.kind === kind) && model.models.some((name) => withoutHome(name) === wanted),
  );
}

function withoutHome(id: string): string {
  const [owner, name] = id.toLowerCase().split('/');
  return name !== undefined && owner !== undefined && HOMES.has(owner) ? name : id.toLowerCase();
}

/** Where a median lies among the trustworthy ones of a kind. */
export interface Place {
  readonly kind: PublishedModel['kind'];
  readonly below: number;
  readonly of: number;
}

/** Returns the places among encoders and among decoders apart: that is what the paper compares. */
export function placesAmong(published: readonly PublishedModel[], value: number): readonly Place[] {
  return (['encoder', 'decoder'] as const).map((kind) => {
    const others = published.filter((model) => model.verdict === 'ok' && model.kind === kind);
    return { kind, below: others.filter(({ median: other }) => other < value).length, of: others.length };
  });
}
