import { useId } from 'react';
import { useActions, useAppState } from '../appContext.ts';

interface ScrubberProps {
  /** Places in the series that are scored, in their order. */
  readonly places: readonly number[];
  readonly labelOf: (place: number) => string;
  readonly onChoose?: (place: number) => void;
}

/** A slider over the points that are scored: the chosen one takes its model's place on the map. */
export function Scrubber({ places, labelOf, onChoose }: ScrubberProps) {
  const actions = useActions();
  const at = useAppState((state) => state.series?.shownIndex ?? null);
  const id = useId();
  if (places.length === 0) return null;
  // What was opened stands after the points, until one of them is chosen: so the last one can be chosen too.
  const stops = at === null ? places.length + 1 : places.length;
  const index = at === null ? places.length : Math.max(0, places.indexOf(at));
  const choose = onChoose ?? actions.series.show;
  const text = at === null ? 'as opened' : labelOf(places[index]!);
  return (
    <div className="scrubber">
      <label htmlFor={id} className="control-label">
        checkpoint on the map
      </label>
      <input
        id={id}
        type="range"
        min={0}
        max={stops - 1}
        step={1}
        value={index}
        disabled={stops < 2}
        aria-valuetext={text}
        onChange={(event) => {
          const place = places[Number(event.target.value)];
          if (place !== undefined) choose(place);
        }}
      />
      <output htmlFor={id} className="num">
        {text}
      </output>
    </div>
  );
}
