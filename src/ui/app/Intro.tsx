import { type PaletteName, valueColour } from '../../figures/palette.ts';
import { useActions, useAppState } from '../appContext.ts';
import { useFigureTheme } from '../figure/useFigureTheme.ts';
import { GuideButton } from '../guide/GuideButton.tsx';
import { ModelChips } from '../picker/ModelChips.tsx';
import { Button } from '../widgets/Button.tsx';
import './intro.css';

/** What people call the colours of negative and of positive values. */
const COLOUR_WORDS: Readonly<Record<PaletteName, readonly [string, string]>> = {
  RdBu: ['red', 'blue'],
  PuOr: ['orange', 'purple'],
  cividis: ['dark blue', 'yellow'],
};

/** For those who come for the first time: what a cell is, what its colour means, and what to do next. */
export function Intro({ onOpen }: { readonly onOpen: (model: string) => void }) {
  const actions = useActions();
  const theme = useFigureTheme();
  const palette = useAppState((state) => state.settings.palette);
  const isShown = useAppState(
    ({ models, settings }) => !settings.hidesIntro && models.every(({ choice }) => choice.kind === 'sample'),
  );
  if (!isShown) return null;
  const [negative, positive] = COLOUR_WORDS[palette];
  const swatch = (value: number) => (
    <span className="intro-swatch" style={{ background: valueColour(value, 1, palette, theme.name) }} />
  );
  return (
    <section className="intro" aria-label="What this page shows">
      <p>
        <b>How symmetric is each attention head?</b> One cell is one head, scored from its query and key
        weights: {swatch(0.8)}
        <b>{positive}</b> if token A attends to B as B does to A, {swatch(-0.8)}
        <b>{negative}</b> if with the opposite sign, {swatch(0)}
        <b>faint</b> if neither. <GuideButton label="Read the guide" />
      </p>
      <p>
        <b>Open a model:</b> type its Hugging Face name above, choose a file (it never leaves your machine),
        or try{' '}
        <span className="chips">
          <ModelChips onOpen={onOpen} />
        </span>
      </p>
      <Button
        kind="quiet"
        className="button-sign intro-close"
        aria-label="Hide this introduction"
        title="Hide this introduction"
        onClick={() => actions.settings.set({ hidesIntro: true })}
      >
        ×
      </Button>
    </section>
  );
}
