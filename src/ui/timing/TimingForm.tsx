import { type FormEvent, useId, useState } from 'react';
import { SHAPE_PRESETS, TIMED_SPAN_ABOUT, type WorkShape } from '../../core/benchmark/index.ts';
import {
  type AvailableEngine,
  type EngineOffer,
  type TimedEngineKey,
  timedOffers,
} from '../../core/engines/index.ts';
import { SCOPE_NAMES, type ScopeName, TIMED_SPANS, type TimedSpan } from '../../core/result/index.ts';
import { Button } from '../widgets/Button.tsx';
import { Segmented } from '../widgets/Segmented.tsx';
import { Checks } from './Checks.tsx';
import { engineAbout, engineLabel, isTimedAtFirst } from './engineChoice.ts';
import { MethodList } from './MethodList.tsx';
import { PlaceInputs, type TimingPlace, useTimedHead } from './PlaceInputs.tsx';
import { ShapeInputs } from './ShapeInputs.tsx';

/** What the user wants timed. */
export interface TimingRun {
  readonly scopes: readonly ScopeName[];
  readonly engines: readonly TimedEngineKey[];
  readonly region: TimedSpan;
  /** Made-up weights of this shape instead of the loaded model's. */
  readonly synthetic?: WorkShape;
  /** What the scopes `head` and `layer` take; of made-up weights the first layer. */
  readonly layer?: number;
  readonly head: number;
}

interface TimingFormProps {
  readonly engines: readonly EngineOffer[];
  /** The one that scores models. */
  readonly scoring: AvailableEngine | undefined;
  readonly regions?: readonly TimedSpan[] | undefined;
  readonly subject: string | null;
  /** The layers and heads of the loaded model; null where there is none. */
  readonly place: TimingPlace | null;
  readonly readNote?: string | undefined;
  readonly running: boolean;
  /** Why no comparison can start now, if so. */
  readonly busy: string | null;
  readonly onRun: (run: TimingRun) => void;
}

const SCOPE_LABELS: Readonly<Record<ScopeName, string>> = {
  head: 'one head',
  layer: 'one layer',
  all: 'all layers',
};
const FIRST_SHAPE = SHAPE_PRESETS.find(({ key }) => key === 'bert')!.shape;

export function TimingForm({
  engines: offers,
  scoring,
  regions = TIMED_SPANS,
  subject,
  place: ofModel,
  readNote,
  running,
  busy,
  onRun,
}: TimingFormProps) {
  const [scopes, setScopes] = useState<readonly ScopeName[]>(['head', 'layer', 'all']);
  // Engines that were switched by hand; the others keep their default, also where they are found later.
  const [switched, setSwitched] = useState<Readonly<Partial<Record<TimedEngineKey, boolean>>>>({});
  const [region, setRegion] = useState<TimedSpan>('kernel');
  const [madeUp, setMadeUp] = useState(false);
  const [shape, setShape] = useState(FIRST_SHAPE);
  const engines = timedOffers(offers);
  const chosen = engines
    .filter((offer) => offer.available && (switched[offer.id] ?? isTimedAtFirst(offer, scoring)))
    .map(({ id }) => id);
  const summary = useId();
  const synthetic = madeUp || subject === null || ofModel === null;
  const place = synthetic ? { layers: [], headsOf: () => shape.heads, pinned: null } : ofModel;
  const { at, setAt } = useTimedHead(place, synthetic ? 'made up' : subject);
  // Made-up weights have nowhere to be read from.
  const possible = synthetic ? regions.filter((other) => other !== 'end to end') : regions;
  const timed = possible.includes(region) ? region : 'kernel';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const inOrder = SCOPE_NAMES.filter((scope) => scopes.includes(scope));
    onRun({
      scopes: inOrder,
      engines: chosen,
      region: timed,
      head: at.head,
      ...(synthetic ? { synthetic: shape } : { layer: at.layer }),
    });
  };
  return (
    <form className="timing-form" onSubmit={submit}>
      <div className="timing-line">
        {subject !== null && (
          <Segmented
            label="Weights"
            options={[
              { value: 'model', label: subject },
              { value: 'synthetic', label: 'made up' },
            ]}
            value={madeUp ? 'synthetic' : 'model'}
            onChange={(value) => setMadeUp(value === 'synthetic')}
          />
        )}
        {synthetic && <ShapeInputs shape={shape} onChange={setShape} />}
      </div>
      <div className="timing-line">
        <Checks
          label="Scope"
          options={SCOPE_NAMES.map((value) => ({ value, label: SCOPE_LABELS[value] }))}
          value={scopes}
          onChange={setScopes}
        />
        <PlaceInputs
          place={place}
          at={at}
          onChange={setAt}
          isUsed={scopes.some((scope) => scope !== 'all')}
        />
        <Segmented
          label="Timed"
          options={possible.map((value) => ({ value, label: value, title: TIMED_SPAN_ABOUT[value] }))}
          value={timed}
          onChange={setRegion}
        />
        <span className="quiet">{TIMED_SPAN_ABOUT[timed]}</span>
      </div>
      <div className="timing-abouts">
        <Checks
          label="Engines"
          options={engines.map((offer) => ({
            value: offer.id,
            label: engineLabel(offer.id),
            about: engineAbout(offer, scoring),
            disabled: !offer.available,
          }))}
          value={chosen}
          onChange={(on) => setSwitched(Object.fromEntries(engines.map(({ id }) => [id, on.includes(id)])))}
        />
        <MethodList scopes={scopes} />
      </div>
      <div className="timing-line">
        <Button
          type="submit"
          aria-describedby={summary}
          disabled={running || busy !== null || scopes.length === 0 || chosen.length === 0}
        >
          {running ? 'Timing…' : 'Time the methods'}
        </Button>
        <span id={summary} className="quiet">
          7 runs of each method on each engine. Speed-up: against norm on the same engine.
          {!synthetic && readNote !== undefined && ` ${readNote}`}
          {busy !== null && !running && ` ${busy}`}
        </span>
      </div>
    </form>
  );
}
