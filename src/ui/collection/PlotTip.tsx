import type { ModelWords } from './modelText.ts';

interface PlotTipProps {
  /** The point's place in the plot and the plot's size, px. */
  readonly place: readonly [number, number];
  readonly size: readonly [number, number];
  readonly words: Pick<ModelWords, 'name' | 'median' | 'facts'>;
}

/** The point under the pointer, ringed, with what is known of it. */
export function PlotTip({ place: [x, y], size: [width, height], words }: PlotTipProps) {
  const side = x < width / 3 ? 'left' : x > (2 * width) / 3 ? 'right' : 'middle';
  return (
    <>
      <div className="plot-ring" style={{ left: x, top: y }} />
      <div
        className={`tip plot-tip tip-${side} ${y > height / 2 ? 'tip-above' : 'tip-below'}`}
        style={{ left: x, top: y > height / 2 ? y - 12 : y + 12 }}
        aria-hidden="true"
      >
        <b>{words.name}</b> <span className="num">{words.median}</span>
        <br />
        <span className="quiet">{words.facts}</span>
      </div>
    </>
  );
}
