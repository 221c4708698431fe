// The options of the library's functions.
import type { EngineChoice } from '../core/engines/index.ts';
import type { LayerMetric } from '../core/inspection/index.ts';
import type { ConventionChoice } from '../core/weights/convention.ts';
import type { Answers } from './answers.ts';
import type { ScoreEvent } from './scoreModel.ts';

export interface ScoreOptions extends Answers {
  /** By default the GPU where there is one, else WebAssembly. */
  readonly engine?: EngineChoice | undefined;
  /** Threads of the WebAssembly engine in Node; its cores unless told. */
  readonly threads?: number | undefined;
  /** What is done to the weights first; raw weights by default, as in the paper. */
  readonly convention?: Partial<ConventionChoice> | undefined;
  /** Measured beside r, s and ‖M‖ of each head. */
  readonly metrics?: readonly LayerMetric[] | undefined;
  /** Address of the hub; in Node HF_ENDPOINT is the default. */
  readonly hubUrl?: string | undefined;
  /** Access token of the hub; in Node HF_TOKEN is the default. */
  readonly token?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Hears of the plan, of bytes, heads and layers as they come. */
  readonly onEvent?: ((event: ScoreEvent) => void) | undefined;
}
