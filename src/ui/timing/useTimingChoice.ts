import { useState } from 'react';
import { SHAPE_PRESETS, SHORT_MS, type WorkShape } from '../../core/benchmark/index.ts';
import {
  type AvailableEngine,
  type EngineOffer,
  type TimedEngineKey,
  timedOffers,
} from '../../core/engines/index.ts';
import { SCOPE_NAMES, type ScopeName, TIMED_SPANS, type TimedSpan } from '../../core/result/index.ts';
import { isTimedAtFirst } from './engineChoice.ts';
import { type TimingPlace, useTimedHead } from './PlaceInputs.tsx';

/** What the user wants timed. */
export interface TimingRun {
  readonly scopes: readonly ScopeName[];
  readonly engines: readonly TimedEngineKey[];
  readonly region: TimedSpan;
  /** Left out: everything that is chosen is timed, however long it takes. */
  readonly limitMs?: number;
  /** Made-up weights of this shape instead of the loaded model's. */
  readonly synthetic?: WorkShape;
  /** What the scopes `head` and `layer` take; of made-up weights the first layer. */
  readonly layer?: number;
  readonly head: number;
}

/** The loaded model, as far as it can be timed. */
export interface TimedModel {
  readonly name: string;
  readonly place: TimingPlace;
  readonly shape: WorkShape;
  /** What must be read again, if anything: "Reads the layers it needs from the hub again." */
  readonly readNote?: string;
}

const FIRST_SHAPE = SHAPE_PRESETS.find(({ key }) => key === 'bert')!.shape;

/** The choice of what is timed, and how it is changed: one head and one layer, within half a minute, unless the user wants more. */
export function useTimingChoice(
  model: TimedModel | null,
  offers: readonly EngineOffer[],
  scoring: AvailableEngine | undefined,
) {
  const [scopes, setScopes] = useState<readonly ScopeName[]>(['head', 'layer']);
  // Engines that were switched by hand; the others keep their default, also where they are found later.
  const [switched, setSwitched] = useState<Readonly<Partial<Record<TimedEngineKey, boolean>>>>({});
  const [region, setRegion] = useState<TimedSpan>('kernel');
  const [madeUp, setMadeUp] = useState(false);
  const [shape, setShape] = useState(FIRST_SHAPE);
  const [isShort, setShort] = useState(true);
  const engines = timedOffers(offers);
  const isOn = (offer: (typeof engines)[number]) =>
    offer.available && (switched[offer.id] ?? isTimedAtFirst(offer, scoring));
  // The one that scores models comes first: the answer is of it. An emulated GPU says little, and may take the whole time.
  const rank = ({ id, isSoftware }: (typeof engines)[number]) => (isSoftware ? 2 : id === scoring ? 0 : 1);
  const timed = engines.filter(isOn).toSorted((a, b) => rank(a) - rank(b));
  const synthetic = madeUp || model === null;
  const place = synthetic ? { layers: [], headsOf: () => shape.heads, pinned: null } : model.place;
  const { at, setAt } = useTimedHead(place, synthetic ? 'made up' : model.name);
  // Made-up weights have nowhere to be read from.
  const regions: readonly TimedSpan[] = synthetic
    ? TIMED_SPANS.filter((other) => other !== 'end to end')
    : TIMED_SPANS;
  const run: TimingRun = {
    scopes: SCOPE_NAMES.filter((scope) => scopes.includes(scope)),
    engines: timed.map(({ id }) => id),
    region: regions.includes(region) ? region : 'kernel',
    head: at.head,
    ...(isShort ? { limitMs: SHORT_MS } : {}),
    ...(synthetic ? { synthetic: shape } : { layer: at.layer }),
  };
  return {
    run,
    timed,
    engines,
    regions,
    place,
    at,
    setAt,
    isShort,
    setShort,
    shape: synthetic ? shape : model.shape,
    setShape,
    setScopes,
    setRegion,
    setMadeUp,
    setEngines: (on: readonly TimedEngineKey[]) =>
      setSwitched(Object.fromEntries(engines.map(({ id }) => [id, on.includes(id)]))),
  };
}

export type TimingChoice = ReturnType<typeof useTimingChoice>;
