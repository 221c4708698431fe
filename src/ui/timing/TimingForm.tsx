import { TIMED_SPAN_ABOUT } from '../../core/benchmark/index.ts';
import type { AvailableEngine } from '../../core/engines/index.ts';
import { SCOPE_NAMES } from '../../core/result/index.ts';
import { Segmented } from '../widgets/Segmented.tsx';
import { Checks } from './Checks.tsx';
import { engineAbout, engineLabel } from './engineChoice.ts';
import { MethodList } from './MethodList.tsx';
import { PlaceInputs } from './PlaceInputs.tsx';
import { ShapeInputs } from './ShapeInputs.tsx';
import { SCOPE_LABELS } from './timingText.ts';
import type { TimedModel, TimingChoice, TimingRun } from './useTimingChoice.ts';

interface TimingFormProps {
  /** The button that submits it stands elsewhere. */
  readonly id: string;
  readonly choice: TimingChoice;
  readonly model: TimedModel | null;
  /** The one that scores models. */
  readonly scoring: AvailableEngine | undefined;
  readonly onRun: (run: TimingRun) => void;
}

/** Everything about a comparison that can be chosen. */
export function TimingForm({ id, choice, model, scoring, onRun }: TimingFormProps) {
  const { run, engines, regions, isShort } = choice;
  const { scopes, region, synthetic } = run;
  return (
    <form
      id={id}
      className="timing-form"
      onSubmit={(event) => {
        event.preventDefault();
        onRun(run);
      }}
    >
      <div className="timing-line">
        {model !== null && (
          <Segmented
            label="Weights"
            options={[
              { value: 'model', label: model.name },
              { value: 'synthetic', label: 'made up' },
            ]}
            value={synthetic === undefined ? 'model' : 'synthetic'}
            onChange={(value) => choice.setMadeUp(value === 'synthetic')}
          />
        )}
        {synthetic !== undefined && <ShapeInputs shape={synthetic} onChange={choice.setShape} />}
      </div>
      <div className="timing-line">
        <Checks
          label="Scope"
          options={SCOPE_NAMES.map((value) => ({ value, label: SCOPE_LABELS[value] }))}
          value={scopes}
          onChange={choice.setScopes}
        />
        <PlaceInputs
          place={choice.place}
          at={choice.at}
          onChange={choice.setAt}
          isUsed={scopes.some((scope) => scope !== 'all')}
        />
        <Segmented
          label="Timed"
          options={regions.map((value) => ({ value, label: value, title: TIMED_SPAN_ABOUT[value] }))}
          value={region}
          onChange={choice.setRegion}
        />
        <span className="quiet">{TIMED_SPAN_ABOUT[region]}</span>
      </div>
      <Checks
        label="Duration"
        options={[
          {
            value: 'short',
            label: 'at most 30 s',
            about:
              'fewer runs, fewer engines or one head alone where it would take longer; off, all is timed',
          },
        ]}
        value={isShort ? ['short'] : []}
        onChange={(value) => choice.setShort(value.length > 0)}
      />
      <div className="timing-abouts">
        <Checks
          label="Engines"
          options={engines.map((offer) => ({
            value: offer.id,
            label: engineLabel(offer.id),
            about: engineAbout(offer, scoring),
            disabled: !offer.available,
          }))}
          value={run.engines}
          onChange={choice.setEngines}
        />
        <MethodList scopes={scopes} />
      </div>
    </form>
  );
}
