import { type ReactNode, useId } from 'react';
import {
  EXPONENT_NOTE,
  lawText,
  RATIO_NOTE,
  ratioCells,
  repeatTexts,
  type SweepReport,
  seriesCells,
  sweepNotes,
  sweepRatios,
  sweepSeries,
} from '../../core/benchmark/index.ts';
import { ScrollBox } from '../widgets/ScrollBox.tsx';
import './timingTable.css';

/** What the sweep says: the exponents, the speed-up beside the predicted one, where the methods cross, and how noisy it was. */
export function SweepOutcome({ report }: { readonly report: SweepReport }) {
  return (
    <div className="sweep-outcome">
      <div className="sweep-tables">
        <SweepTable
          caption="Exponents: time ∝ size to the power of"
          note={EXPONENT_NOTE}
          heads={['method', 'over', 'by operations', 'measured ± standard error', 'points']}
          words={2}
          rows={sweepSeries(report).map((one) => Object.values(seriesCells(one)))}
        />
        <SweepTable
          caption="How many times faster trace is than norm"
          note={RATIO_NOTE}
          heads={['over', 'd', 'dh', 'by operations', 'measured', 'lowest to highest']}
          words={1}
          rows={sweepRatios(report).map((one) => Object.values(ratioCells(one)))}
        />
      </div>
      {repeatTexts(report).map((text) => (
        <p key={text}>{text}</p>
      ))}
      <p>{lawText(report)}</p>
      <ul className="timing-notes">
        {sweepNotes(report).map((note) => (
          <li key={note}>{note}</li>
        ))}
      </ul>
    </div>
  );
}

interface SweepTableProps {
  readonly caption: string;
  /** What its figures are. */
  readonly note: string;
  readonly heads: readonly string[];
  /** So many columns are words. */
  readonly words: number;
  readonly rows: readonly (readonly string[])[];
}

function SweepTable({ caption, note, heads, words, rows }: SweepTableProps): ReactNode {
  const noteId = useId();
  return (
    <div className="sweep-table">
      <ScrollBox label={caption}>
        <table className="timing-table" aria-describedby={noteId}>
          <caption>{caption}</caption>
          <thead>
            <tr>
              {heads.map((head, index) => (
                <th key={head} scope="col" className={index < words ? 'timing-text' : ''}>
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((cells) => (
              <tr key={cells.slice(0, 3).join(' ')}>
                {cells.map((cell, index) => (
                  <td key={heads[index]} className={index < words ? 'timing-text' : 'num'}>
                    {cell}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
      <p id={noteId} className="timing-notes">
        {note}
      </p>
    </div>
  );
}
