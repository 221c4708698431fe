import { canComputeLayerMetrics } from '../../state/layerMetrics.ts';
import { hasLayerMetric } from '../../state/mergeMetrics.ts';
import { useAppState } from '../appContext.ts';
import { weightsAgain } from '../waitNames.ts';
import { WorkWaiting } from '../widgets/WorkWaiting.tsx';

/** What measuring waits for, in place of the progress's words. */
export function MeasuringWait() {
  const { what, progress } = useAppState((state) => state.layerMetrics);
  const hubUrl = useAppState((state) => state.settings.hubUrl);
  const model = useAppState(({ models }) =>
    models.find((one) => what !== null && canComputeLayerMetrics(one) && !hasLayerMetric(one, what)),
  );
  if (model === undefined) return null;
  const news = `${progress?.now} ${progress?.fraction}`;
  return <WorkWaiting news={news} what={weightsAgain(model, hubUrl)} wayOn="Cancel measuring" />;
}
