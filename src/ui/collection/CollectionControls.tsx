import type { CollectionAxis, CollectionLayout, CollectionSort } from '../../state/collectionState.ts';
import { useActions } from '../appContext.ts';
import { Button } from '../widgets/Button.tsx';
import { Segmented } from '../widgets/Segmented.tsx';
import { MetricSelect } from './MetricSelect.tsx';
import { useCollectionView } from './useCollectionView.ts';
import type { ShownCollection } from './useShownCollection.ts';

const LAYOUTS = [
  { value: 'maps', label: 'Maps', title: 'Each model as a small map' },
  { value: 'models', label: 'Models', title: 'Each model as a point' },
  { value: 'heads', label: 'Heads', title: 'Each head of all models as a point' },
] as const satisfies readonly {
  readonly value: CollectionLayout;
  readonly label: string;
  readonly title: string;
}[];

const SORTS = [
  { value: 'name', label: 'name' },
  { value: 'median', label: 'median' },
  { value: 'parameters', label: 'parameters' },
  { value: 'published', label: 'date' },
  { value: 'family', label: 'family' },
  { value: 'heads', label: 'heads' },
] as const satisfies readonly { readonly value: CollectionSort; readonly label: string }[];

const AXES = [
  { value: 'parameters', label: 'Parameters' },
  { value: 'published', label: 'Year' },
  { value: 'family', label: 'Family' },
] as const satisfies readonly { readonly value: CollectionAxis; readonly label: string }[];

/** What is shown of the models, and in which order. */
export function CollectionControls({ shown }: { readonly shown: ShownCollection }) {
  const { collection, view: mapView } = useActions();
  const view = useCollectionView();
  return (
    <div className="collection-controls">
      <Segmented
        label="Show"
        isLabelHidden
        options={LAYOUTS}
        value={view.layout}
        onChange={(layout) => collection.setView({ layout })}
      />
      <input
        type="search"
        className="input collection-search"
        placeholder="Search names, families, years"
        aria-label="Search models"
        value={view.search}
        onChange={(event) => collection.setView({ search: event.target.value })}
      />
      <label>
        <span className="control-label">Family</span>
        <select
          className="select"
          value={view.family ?? ''}
          onChange={({ target }) => collection.setView({ family: target.value === '' ? null : target.value })}
        >
          <option value="">all</option>
          {shown.families.map(([family, count]) => (
            <option key={family} value={family}>
              {family} ({count})
            </option>
          ))}
        </select>
      </label>
      {view.layout !== 'heads' && (
        <MetricSelect label="Metric" value={shown.metric.id} onChange={mapView.setMetric} />
      )}
      {view.layout === 'models' && (
        <Segmented
          label="Over"
          options={AXES}
          value={view.axis}
          onChange={(axis) => collection.setView({ axis })}
        />
      )}
      <span className="collection-sort">
        <label>
          <span className="control-label">Sort</span>
          <select
            className="select"
            value={view.sort}
            onChange={({ target }) => collection.setView({ sort: target.value as CollectionSort })}
          >
            {SORTS.map(({ value, label }) => (
              <option key={value} value={value}>
                {value === 'median' ? `median ${shown.metric.label}` : label}
              </option>
            ))}
          </select>
        </label>
        <Button
          className="button-sign"
          aria-label={view.isReversed ? 'Sorted downwards' : 'Sorted upwards'}
          title={view.isReversed ? 'From the largest down' : 'From the smallest up'}
          onClick={() => collection.setView({ isReversed: !view.isReversed })}
        >
          {view.isReversed ? '↓' : '↑'}
        </Button>
      </span>
    </div>
  );
}
