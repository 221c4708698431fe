import { type FormEvent, useState } from 'react';
import { REGIONS, type Region, SCOPE_NAMES, type ScopeName } from '../../core/analysis/benchmarkReport.ts';
import type { WorkShape } from '../../core/analysis/flops.ts';
import { SHAPE_PRESETS } from '../../core/analysis/shapePresets.ts';
import { REGION_ABOUT } from '../../core/analysis/timingTable.ts';
import { type EngineOffer, type TimedEngineKey, timedOffers } from '../../core/engines/select.ts';
import { Button } from '../widgets/Button.tsx';
import { Segmented } from '../widgets/Segmented.tsx';
import { Checks } from './Checks.tsx';
import { PlaceInputs, type TimingPlace, useTimedHead } from './PlaceInputs.tsx';
import { ShapeInputs } from './ShapeInputs.tsx';

/** What the user wants timed. */
export interface TimingRun {
  readonly scopes: readonly ScopeName[];
  readonly engines: readonly TimedEngineKey[];
  readonly region: Region;
  /** Made-up weights of this shape instead of the loaded model's. */
  readonly synthetic?: WorkShape;
  /** What the scopes `head` and `layer` take; of made-up weights the first layer. */
  readonly layer?: number;
  readonly head: number;
}

interface TimingFormProps {
  readonly engines: readonly EngineOffer[];
  readonly regions?: readonly Region[] | undefined;
  readonly subject: string | null;
  /** Of the loaded model; null where there is none. */
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
const ENGINE_LABELS: Readonly<Record<string, string>> = { 'wasm-one-thread': 'wasm, 1 thread' };
/** A peer that first loads 27 MB. */
const OFF_AT_FIRST = ['ort-webgpu'];

export function TimingForm({
  engines: offers,
  regions = REGIONS,
  subject,
  place: ofModel,
  readNote,
  running,
  busy,
  onRun,
}: TimingFormProps) {
  const [scopes, setScopes] = useState<readonly ScopeName[]>(['head', 'layer', 'all']);
  // Those switched off, so that an engine which is found later is on.
  const [off, setOff] = useState<readonly string[]>(OFF_AT_FIRST);
  const [region, setRegion] = useState<Region>('kernel');
  const [madeUp, setMadeUp] = useState(false);
  const [shape, setShape] = useState(FIRST_SHAPE);
  const engines = timedOffers(offers);
  const chosen = engines.filter(({ id, available }) => available && !off.includes(id)).map(({ id }) => id);
  const synthetic = madeUp || subject === null || ofModel === null;
  const place = synthetic ? { layers: [], headsOf: () => shape.heads, pinned: null } : ofModel;
  const { at, setAt } = useTimedHead(place, synthetic ? 'made up' : subject);
  // Made-up weights have nowhere to be read from.
  const possible = synthetic ? regions.filter((one) => one !== 'end to end') : regions;
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
          options={possible.map((value) => ({ value, label: value, title: REGION_ABOUT[value] }))}
          value={timed}
          onChange={setRegion}
        />
      </div>
      <div className="timing-line">
        <Checks
          label="Engines"
          options={engines.map(({ id, available, detail }) => ({
            value: id,
            label: ENGINE_LABELS[id] ?? id,
            note: detail,
            disabled: !available,
          }))}
          value={chosen}
          onChange={(on) => setOff(engines.filter(({ id }) => !on.includes(id)).map(({ id }) => id))}
        />
      </div>
      <div className="timing-line">
        <Button
          type="submit"
          disabled={running || busy !== null || scopes.length === 0 || chosen.length === 0}
        >
          {running ? 'Timing…' : 'Time the methods'}
        </Button>
        <span className="quiet">
          {scopes.some((scope) => scope !== 'head')
            ? 'norm, trace, trace-heads, trace-loop, trace-full'
            : 'norm and trace'}
          ; 7 runs each. Speed-up: against norm on the same engine.
          {!synthetic && readNote !== undefined && ` ${readNote}`}
          {busy !== null && ` ${busy}`}
        </span>
      </div>
    </form>
  );
}
