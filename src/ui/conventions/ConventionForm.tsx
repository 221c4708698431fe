import { useId } from 'react';
import type { ConventionChoice } from '../../core/weights/convention.ts';
import { useActions, useAppState } from '../appContext.ts';
import { Button } from '../widgets/Button.tsx';
import { costText, whyNot } from './conventionState.ts';
import { RopeOffset } from './RopeOffset.tsx';

const GAINS = [
  {
    part: 'layerNorm',
    label: 'LayerNorm gain',
    about: 'γ of the norm before attention, folded into Wq and Wk',
  },
  {
    part: 'qkNorm',
    label: 'QK-norm gain',
    about: 'the gains of the model’s norms of queries and keys, applied to each head',
  },
] as const;

/** What can be done to the weights before they are scored. Parts that a model lacks are off, with the reason. */
export function ConventionForm({ choice }: { readonly choice: ConventionChoice }) {
  const models = useAppState((state) => state.models);
  const {
    models: { setConvention },
  } = useActions();
  const change = (part: Partial<ConventionChoice>) => setConvention({ ...choice, ...part });
  const cost = costText(models);
  const isRaw = !choice.layerNorm && !choice.qkNorm && choice.ropeOffset === 0;
  return (
    <>
      <p className="quiet">
        The paper scores raw weights. Each of these options changes the scores, and is named in the status
        line and in every export.
      </p>
      {GAINS.map(({ part, label, about }) => (
        <Toggle
          key={part}
          label={label}
          about={about}
          on={choice[part]}
          why={whyNot(models, part)}
          onChange={(on) => change({ [part]: on })}
        />
      ))}
      <RopeOffset
        offset={choice.ropeOffset}
        why={whyNot(models, 'rope')}
        onChange={(ropeOffset) => change({ ropeOffset })}
      />
      {cost !== null && <p className="quiet">{cost}</p>}
      <Button
        disabled={isRaw}
        onClick={() => setConvention({ layerNorm: false, qkNorm: false, ropeOffset: 0 })}
      >
        Back to raw
      </Button>
    </>
  );
}

interface ToggleProps {
  readonly label: string;
  readonly about: string;
  readonly on: boolean;
  /** Why it can't be switched on; off it can always be. */
  readonly why: string | null;
  readonly onChange: (on: boolean) => void;
}

function Toggle({ label, about, on, why, onChange }: ToggleProps) {
  const aboutId = useId();
  return (
    <div className="convention-part">
      <label>
        <input
          type="checkbox"
          checked={on}
          disabled={why !== null && !on}
          aria-describedby={aboutId}
          onChange={(event) => onChange(event.target.checked)}
        />{' '}
        {label}
      </label>
      <p id={aboutId} className="quiet">
        {why ?? about}
      </p>
    </div>
  );
}
