import type { ReactNode } from 'react';
import { FIGURE_PARTS, FIGURE_WIDTHS, type FigurePart, type FigureStyle } from '../../figures/figureStyle.ts';
import { Segmented } from '../widgets/Segmented.tsx';

interface FigureControlsProps {
  readonly style: FigureStyle;
  readonly onChange: (style: FigureStyle) => void;
  /** The title of each map. */
  readonly titles: readonly string[];
  readonly onTitles: (titles: readonly string[]) => void;
  /** The parts that would change nothing in this figure, with the reasons. */
  readonly withoutEffect: Readonly<Partial<Record<FigurePart, string>>>;
  /** More that can be shown. */
  readonly children?: ReactNode;
}

const WIDTH_LABELS = {
  single: { label: '1 column', title: '3.3 inches wide: a column of a journal’s page' },
  double: { label: '2 columns', title: '6.9 inches wide: both columns of a journal’s page' },
  screen: { label: 'screen', title: 'as wide as it takes, for slides and posts' },
};
const WIDTH_OPTIONS = FIGURE_WIDTHS.map((value) => ({ value, ...WIDTH_LABELS[value] }));

const TITLE_LABELS = { one: ['title'], two: ['title (a)', 'title (b)'] };

const PART_LABELS: Readonly<Record<FigurePart, string>> = {
  values: 'Values in the cells',
  strips: 'Layer medians beside the map',
  nullBand: 'Band of random weights',
  nullCells: 'Dots in cells within that band',
  selection: 'Rings round pinned and compared heads',
  oneSided: 'One half of the scale',
  footer: 'Citation under the figure',
};

/** What the figure says and shows. It is remembered, but for the titles. */
export function FigureControls({
  style,
  onChange,
  titles,
  onTitles,
  withoutEffect,
  children,
}: FigureControlsProps) {
  const setPart = (part: FigurePart, isDrawn: boolean) =>
    onChange({
      ...style,
      parts: FIGURE_PARTS.filter((each) => (each === part ? isDrawn : style.parts.includes(each))),
    });
  return (
    <div className="export-controls">
      {TITLE_LABELS[titles.length > 1 ? 'two' : 'one'].map((label, index) => (
        <label key={label} className="export-title">
          <span className="control-label">{label}</span>
          <input
            className="input"
            value={titles[index] ?? ''}
            maxLength={200}
            onChange={(event) => onTitles(titles.with(index, event.target.value))}
          />
        </label>
      ))}
      <Segmented
        label="width"
        options={WIDTH_OPTIONS}
        value={style.width}
        onChange={(width) => onChange({ ...style, width })}
      />
      <fieldset className="export-parts">
        <legend className="control-label">shown</legend>
        {FIGURE_PARTS.map((part) => {
          const reason = withoutEffect[part];
          return (
            <label key={part} className="check" title={reason}>
              <input
                type="checkbox"
                checked={style.parts.includes(part)}
                disabled={reason !== undefined}
                onChange={(event) => setPart(part, event.target.checked)}
              />
              <span>
                {PART_LABELS[part]}
                {reason !== undefined && <span className="quiet"> ({reason})</span>}
              </span>
            </label>
          );
        })}
        {children}
      </fieldset>
    </div>
  );
}
