import type { HeadSplit } from '../architectures/headSplit.ts';
import type { WireError } from '../errors.ts';
import type { AnalysisResult, ByteCounts, EngineUse, LayerResult, ModelInfo, ModelShape } from './result.ts';

/** Asked when the head count can't be known from names, shapes or config: never guessed. */
export interface HeadQuestion {
  /** Rows of Wq and of Wk; dh divides both. */
  readonly qRows: number;
  readonly kRows: number;
  readonly dModel: number;
  readonly layers: number;
  readonly candidates: readonly (HeadSplit & { readonly dHead: number })[];
  /** Why it must be asked: "no config.json beside the file". */
  readonly why: string;
}

/** What the pipeline tells as it goes. All are structured-cloneable. */
export type AnalysisEvent =
  | { readonly type: 'question'; readonly question: HeadQuestion }
  | {
      readonly type: 'plan';
      readonly model: ModelInfo;
      readonly shape: ModelShape;
      readonly engine: EngineUse;
      readonly bytes: ByteCounts;
      readonly stacks: readonly { readonly name: string; readonly layers: readonly LayerResult[] }[];
      readonly notes: readonly string[];
      /** Head splits that fit the shapes, for the override. */
      readonly splits: readonly (HeadSplit & { readonly dHead: number })[];
    }
  /** Another engine took over, and why. */
  | { readonly type: 'engine'; readonly engine: EngineUse }
  | { readonly type: 'bytes'; readonly bytes: ByteCounts }
  | { readonly type: 'layer'; readonly stack: string; readonly layer: LayerResult }
  | { readonly type: 'done'; readonly result: AnalysisResult; readonly elapsedMs: number }
  | { readonly type: 'failed'; readonly error: WireError };
