import { formatBytes } from '../../figures/format.ts';
import { canComputeLayerMetrics } from '../../state/layerMetrics.ts';
import { hasLayerMetric } from '../../state/mergeMetrics.ts';
import type { ModelState } from '../../state/modelState.ts';
import { useActions, useAppState } from '../appContext.ts';
import { Button } from '../widgets/Button.tsx';
import { Notice } from '../widgets/Notice.tsx';

/** Says why a map is hatched whose metric isn't measured yet, and measures it, with the bytes that it reads. */
export function UnmeasuredNotice({ model }: { readonly model: ModelState }) {
  const actions = useActions();
  const isMissing = useAppState(
    ({ metric, layerMetrics }) =>
      metric === 'directionality' &&
      layerMetrics.status !== 'running' &&
      canComputeLayerMetrics(model) &&
      !hasLayerMetric(model, 'directionality'),
  );
  if (!isMissing) return null;
  const cost = model.bytes === null ? '' : ` (reads ${formatBytes(model.bytes.planned)})`;
  return (
    <Notice kind="info" message="Directionality isn’t measured of this model yet, so its cells are hatched.">
      <Button onClick={() => actions.layerMetrics.start('directionality')}>Measure{cost}</Button>
    </Notice>
  );
}
