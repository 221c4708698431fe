import {
  type SweepReport,
  type SweepSeries,
  sweepRatios,
  sweepSeries,
} from '../../core/analysis/sweepReport.ts';
import { crossingText } from '../../core/analysis/sweepText.ts';
import { cancelledNotes, clockNotes } from '../../core/analysis/timingNotes.ts';
import { formatDigits } from '../../core/analysis/timingTable.ts';
import { exponentText } from '../../figures/sweepScene.ts';

/** What the sweep says: the exponents, the speed-up beside the predicted one, and where the methods cross. */
export function SweepOutcome({ report }: { readonly report: SweepReport }) {
  const crossing = crossingText(report);
  const rows = report.rows.map(({ row }) => row);
  return (
    <div className="sweep-outcome">
      <div className="sweep-tables">
        <div className="table-box">
          <table className="timing-table">
            <caption>Exponents: time ∝ size to the power of</caption>
            <thead>
              <tr>
                <th scope="col" className="timing-word">
                  method
                </th>
                <th scope="col" className="timing-word">
                  over
                </th>
                <th scope="col">by operations</th>
                <th scope="col">measured ± standard error</th>
                <th scope="col">points</th>
              </tr>
            </thead>
            <tbody>
              {sweepSeries(report).map((one) => (
                <tr key={`${one.method} ${one.axis}`}>
                  <td className="timing-word">{one.method}</td>
                  <td className="timing-word">{one.axis}</td>
                  <td>{one.expected}</td>
                  <td>{measuredText(one)}</td>
                  <td>{one.points.length}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        <div className="table-box">
          <table className="timing-table">
            <caption>How many times faster trace is than norm</caption>
            <thead>
              <tr>
                <th scope="col">d</th>
                <th scope="col">dh</th>
                <th scope="col">by operations</th>
                <th scope="col">measured</th>
              </tr>
            </thead>
            <tbody>
              {sweepRatios(report).map(({ axis, dModel, dHead, predicted, measured }) => (
                <tr key={`${axis} ${dModel} ${dHead}`}>
                  <td>{dModel}</td>
                  <td>{dHead}</td>
                  <td>{formatDigits(predicted)}×</td>
                  <td>{formatDigits(measured)}×</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </div>
      <p>
        norm forms M, d × d, at 2 d² dh operations; trace forms A, B and C, dh × dh, at about 4 d dh². So
        norm’s time grows with d² and dh, trace’s with d and dh², and their ratio is about d / 2dh.
        {crossing !== null && ` ${crossing}`} Fixed costs of a call flatten the lines where heads are small,
        and caches bend them where M is large.
      </p>
      <ul className="timing-notes">
        <li>
          {report.engine}: {report.device}. Median of the runs, one head of made-up weights, which lie on the
          engine already; all points and both methods in turns, in random order.
        </li>
        {[...cancelledNotes(report, rows), ...clockNotes(report, rows)].map((note) => (
          <li key={note}>{note}</li>
        ))}
        {report.leftOut.map(({ method, axis, dModel, dHead, reason }) => (
          <li key={`${method} ${axis} ${dModel} ${dHead}`}>
            Left out: {method} at d {dModel}, dh {dHead}: {reason}.
          </li>
        ))}
      </ul>
    </div>
  );
}

function measuredText({ fit }: SweepSeries): string {
  return fit === null ? 'too few points' : exponentText(fit.exponent, fit.standardError);
}
