// Opens a scored model again, to read single layers.
import { type AnalysisPlan, type PlannedLayer, planAnalysis } from '../analysis/index.ts';
import type { LayoutOverrides } from '../architectures/inferLayout.ts';
import { QKError } from '../errors.ts';
import type { Repo } from '../repos/index.ts';
import type { LayerResult, ModelInfo } from '../result/index.ts';
import type { Convention } from '../weights/convention.ts';
import { readLayer } from '../weights/readLayer.ts';
import type { Partners } from './layerPartners.ts';

/** What the page shows of the model, so that what is read now is known to be the same. */
export type KnownModel = Pick<ModelInfo, 'sha' | 'fingerprint'>;

/** How the model was read when it was scored. */
export interface ScoredHow {
  readonly layoutOverrides?: LayoutOverrides | undefined;
  readonly convention?: Convention | undefined;
  readonly known: KnownModel;
}

/** A layer with its bytes. */
export interface ReadLayer extends PlannedLayer {
  readonly row: LayerResult;
  readonly buffer: Uint8Array;
}

/** A scored model that is opened again for a closer look. */
export interface InspectedModel {
  readonly plan: AnalysisPlan;
  /**
   * Reads the layer's bytes; those of the last one are kept. @throws QKError 'layout-mismatch' for a layer that the
   * model hasn't
   */
  read(stack: string, layer: number, signal: AbortSignal): Promise<ReadLayer>;
  /** Partners of whole layers, by `stack` and layer: they are the same for each of its heads. */
  readonly partners: Map<string, Partners>;
}

/** @throws QKError 'file-changed' where it isn't the model that was scored */
export async function inspectModel(
  repo: Repo,
  { layoutOverrides, convention, known }: ScoredHow,
  allocate: (bytes: number) => Uint8Array,
  signal: AbortSignal,
): Promise<InspectedModel> {
  const answer = await planAnalysis(repo, layoutOverrides, signal, convention);
  if (answer.kind === 'question')
    throw new QKError('layout-mismatch', `The model must be opened anew: ${answer.question.why}`, {
      hint: 'Open it once more, and answer the question.',
    });
  const { plan } = answer;
  for (const name of ['sha', 'fingerprint'] as const) {
    const [is, was] = [plan.model[name], known[name]];
    if (is === null || was === null || is === was) continue;
    throw new QKError(
      'file-changed',
      `${plan.model.id} isn’t the model that was scored: it has changed since.`,
      {
        where: name === 'sha' ? `${was} → ${is}` : 'the headers of its weight files',
        hint: 'Open it anew.',
      },
    );
  }
  let last: ReadLayer | null = null;
  return {
    plan,
    partners: new Map(),
    async read(stack, layer, signal) {
      if (last?.stack === stack && last.row.layer === layer) return last;
      const planned = plan.layers.find(
        (candidate) => candidate.stack === stack && candidate.plan.layout.layer === layer,
      );
      const row = plan.stacks
        .find(({ name }) => name === stack)
        ?.layers.find((candidate) => candidate.layer === layer);
      if (planned === undefined || row === undefined)
        throw new QKError('layout-mismatch', `Layer ${layer} of ${stack} has no scores to look at.`, {
          hint: 'Choose a head of a layer that is scored.',
        });
      // The old one's bytes go before the new one's come.
      last = null;
      const buffer = allocate(planned.plan.bufferBytes);
      await readLayer(planned.plan, buffer, { signal });
      last = { ...planned, row, buffer };
      return last;
    },
  };
}
