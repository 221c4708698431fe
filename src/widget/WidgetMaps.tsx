import { useStore } from 'zustand';
import { useAppState } from '../ui/appContext.ts';
import { FigureColours } from '../ui/figure/useFigureTheme.ts';
import { MetricMaps } from '../ui/heatmap/MetricMaps.tsx';
import { useModelViews } from '../ui/heatmap/useModelViews.ts';
import { Notice } from '../ui/widgets/Notice.tsx';
import type { Session } from './session.ts';

/** A widget's maps, or what stands in their place. */
export function WidgetMaps({ session }: { readonly session: Session }) {
  const { isReading, error, problems, height, colours } = useStore(session.widget);
  const views = useModelViews(useAppState((state) => state.models));
  return (
    <section aria-label="QKScope" aria-busy={isReading}>
      <FigureColours value={colours}>
        {error !== null && (
          <Notice kind="error" message={error.message} where={error.where} hint={error.hint} />
        )}
        {Object.values(problems).map((problem) => (
          <Notice key={problem} kind="warning" message={problem} />
        ))}
        {views.length > 0 && <MetricMaps views={views} element={{ height }} />}
        {views.length === 0 && error === null && (
          <p className="quiet widget-empty">{isReading ? 'Reading the scores…' : 'No scores to show yet.'}</p>
        )}
      </FigureColours>
    </section>
  );
}
