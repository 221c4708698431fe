import { planAnalysis } from '../../src/core/analysis/plan.ts';
import { createLocalRepo } from '../../src/core/repos/localRepo.ts';
import type { LocalFile } from '../../src/core/repos/repo.ts';
import type { LayerWeights } from '../../src/core/weights/layerWeights.ts';
import { readLayer } from '../../src/core/weights/readLayer.ts';
import { viewWholeLayer } from '../../src/core/weights/viewLayer.ts';

/** Every layer of dropped files, stack by stack, as an engine gets it. */
export async function readLayers(files: readonly LocalFile[]): Promise<LayerWeights[]> {
  const answer = await planAnalysis(createLocalRepo(files));
  if (answer.kind === 'question') throw new Error(answer.question.why);
  return Promise.all(
    answer.plan.layers.map(async ({ stack, plan }) => {
      const buffer = new Uint8Array(plan.bufferBytes);
      await readLayer(plan, buffer, {});
      return viewWholeLayer(plan, stack, buffer);
    }),
  );
}
