import { useEffect, useEffectEvent, useId, useState } from 'react';
import { offsetText, parseOffset, ROPE_STEPS, signed, stepOf } from './ropeSteps.ts';

interface RopeOffsetProps {
  readonly offset: number;
  /** Why it can't be rotated. */
  readonly why: string | null;
  readonly onChange: (offset: number) => void;
}

/** The slider and the field must rest for so long before the model is scored again, ms. */
const REST_MS = 350;

/** The offset Δ of M = Wq R_Δ Wkᵀ: a slider that is finer near 0, and a field for any whole number. */
export function RopeOffset({ offset, why, onChange }: RopeOffsetProps) {
  const [chosen, setChosen] = useState(offset);
  /** What is being typed. */
  const [draft, setDraft] = useState<string | null>(null);
  const aboutId = useId();
  const labelId = useId();
  const apply = useEffectEvent(onChange);
  useEffect(() => setChosen(offset), [offset]);
  useEffect(() => {
    if (chosen === offset) return;
    const timer = setTimeout(() => apply(chosen), REST_MS);
    return () => clearTimeout(timer);
  }, [chosen, offset]);
  const isOff = why !== null && offset === 0;
  return (
    <div className="convention-part">
      <span id={labelId}>RoPE offset Δ</span>
      <span className="convention-offset">
        <input
          type="range"
          aria-labelledby={labelId}
          aria-describedby={aboutId}
          aria-valuetext={offsetText(chosen)}
          min={0}
          max={ROPE_STEPS.length - 1}
          step={1}
          value={stepOf(chosen)}
          disabled={isOff}
          onChange={(event) => setChosen(ROPE_STEPS[Number(event.target.value)] ?? 0)}
        />
        <input
          type="text"
          inputMode="numeric"
          className="num"
          aria-label="RoPE offset Δ, any whole number"
          value={draft ?? signed(chosen)}
          aria-invalid={draft !== null && parseOffset(draft) === null}
          disabled={isOff}
          onChange={(event) => {
            setDraft(event.target.value);
            const typed = parseOffset(event.target.value);
            if (typed !== null) setChosen(typed);
          }}
          onBlur={() => setDraft(null)}
        />
      </span>
      <p id={aboutId} className="quiet">
        {why ?? `M = Wq R_Δ Wkᵀ, Δ = key − query position. ${offsetText(chosen)}.`}
      </p>
    </div>
  );
}
