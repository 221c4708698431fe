import { Fragment } from 'react';
import type { LayerResult } from '../../core/analysis/result.ts';
import { formatFull, formatScore, formatSignificant, headName } from '../../figures/format.ts';
import type { HeadRef, HeatmapView } from '../../figures/heatmapLayout.ts';
import { headState, nameOf } from '../heatmap/headText.ts';
import { Button } from '../widgets/Button.tsx';
import { extremeHeads, headFacts, rowOf, runsText, tensorsOf } from './headFacts.ts';

export interface HeadPanelModel {
  readonly view: HeatmapView;
  /** The model's colour where there are two. */
  readonly swatch?: string;
}

interface HeadPanelProps {
  readonly models: readonly HeadPanelModel[];
  /** The head looked at, else the pinned one. */
  readonly head: HeadRef | null;
  readonly pinned: boolean;
  readonly onPin: (head: HeadRef | null) => void;
}

/** All that is known of one head, in each model side by side. Without a head: which ones are worth a look. */
export function HeadPanel({ models, head, pinned, onPin }: HeadPanelProps) {
  const [first] = models;
  if (first === undefined) return null;
  if (head === null) return <Overview models={models} onPin={onPin} />;
  return (
    <div className="head-panel">
      <header className="head-title">
        <h2>{nameOf(first.view, head)}</h2>
        {pinned ? (
          <Button kind="quiet" onClick={() => onPin(null)}>
            Unpin
          </Button>
        ) : (
          <span className="quiet">click to pin</span>
        )}
      </header>
      <Figures models={models} head={head} />
      <Origins models={models} head={head} />
    </div>
  );
}

interface PartProps {
  readonly models: readonly HeadPanelModel[];
  readonly head: HeadRef;
}

/** The numbers as a small table: a row a quantity, a column a model. */
function Figures({ models, head }: PartProps) {
  const columns = models.map(({ view }) => ({ state: headState(view, head), facts: headFacts(view, head) }));
  const rows = [
    { name: 'r', title: 'symmetry ratio, 0 … 1', text: columns.map(({ facts }) => score(facts?.r)) },
    { name: 's', title: 'symmetry score 2r − 1', text: columns.map(({ facts }) => score(facts?.s)) },
    {
      name: 'z',
      title: 'standard deviations from random orientations: (s − 1/d)·d/√2',
      text: columns.map(({ facts }) => ({
        shown: facts ? formatSignificant(facts.z) : '—',
        whole: facts?.z,
      })),
    },
    {
      name: 'rank',
      title: '1 is the most symmetric head',
      text: columns.map(({ facts }) => ({
        shown: facts ? `${facts.rank} of ${facts.of}` : '—',
        whole: undefined,
      })),
    },
  ];
  return (
    <>
      <table className="facts">
        {models.length > 1 && <ModelHeads models={models} />}
        <tbody>
          {rows.map((row) => (
            <tr key={row.name}>
              <th scope="row" title={row.title}>
                {row.name}
              </th>
              {row.text.map(({ shown, whole }, index) => (
                <td
                  key={models[index]?.view.title}
                  className="num"
                  title={whole === undefined ? '' : formatFull(whole)}
                >
                  {shown}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {columns.map(({ state }, index) => {
        if (state.kind === 'scored') return null;
        const text = state.kind === 'waiting' ? 'not scored yet.' : `no value: ${state.reason}`;
        const { title } = models[index]?.view ?? { title: '' };
        return (
          <p key={title} className="head-reason">
            {models.length > 1 ? `${title}: ${text}` : text}
          </p>
        );
      })}
    </>
  );
}

function ModelHeads({ models }: Pick<PartProps, 'models'>) {
  return (
    <thead>
      <tr>
        <td />
        {models.map(({ view, swatch }) => (
          <th key={view.title} scope="col">
            {swatch && <span className="swatch" style={{ background: swatch }} />}
            {view.title}
          </th>
        ))}
      </tr>
    </thead>
  );
}

/** Which bytes the value came from. */
function Origins({ models, head }: PartProps) {
  return (
    <section className="origins">
      <h3>Where it came from</h3>
      {models.map(({ view }) => (
        <ul key={view.title}>
          <BlockNotes row={rowOf(view, head)} />
          {tensorsOf(view, head).map((tensor) => (
            <li key={`${tensor.name} ${tensor.rows}`}>
              <TensorName name={tensor.name} />{' '}
              <span className="quiet">
                {tensor.dtype}
                {tensor.rows === undefined ? '' : `, ${tensor.rows}`}
              </span>
            </li>
          ))}
        </ul>
      ))}
    </section>
  );
}

/** What is particular about the head's layer. */
function BlockNotes({ row }: { readonly row: LayerResult | undefined }) {
  const used = row?.usedBy;
  return (
    <>
      {used !== undefined && (
        <li>
          One stored block, used by {used.length} layers: {runsText(used)}.
        </li>
      )}
      {row?.note !== undefined && <li>{row.note}</li>}
      {row?.shape !== undefined && (
        <li className="num">
          {row.shape.heads} heads of {row.shape.dHead}, d {row.shape.dModel}
        </li>
      )}
    </>
  );
}

/** Long names break after their dots. */
function TensorName({ name }: { readonly name: string }) {
  const parts = name.split('.');
  return (
    <span className="num">
      {parts.map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a name never move
        <Fragment key={index}>
          {index > 0 && (
            <>
              .<wbr />
            </>
          )}
          {part}
        </Fragment>
      ))}
    </span>
  );
}

/** Shown while no head is looked at: the ends of the ranking, one click away. */
function Overview({ models, onPin }: Pick<HeadPanelProps, 'models' | 'onPin'>) {
  return (
    <div className="head-panel">
      <p className="quiet">Point at a cell, or move with the arrow keys. A click pins it.</p>
      {models.map(({ view, swatch }) => {
        const { most, least } = extremeHeads(view, models.length > 1 ? 3 : 5);
        if (most.length === 0) return null;
        return (
          <section key={view.title} className="extremes">
            {models.length > 1 && (
              <h3>
                {swatch && <span className="swatch" style={{ background: swatch }} />}
                {view.title}
              </h3>
            )}
            <HeadList title="Most symmetric" entries={most} onPin={onPin} />
            <HeadList title="Least symmetric" entries={least} onPin={onPin} />
          </section>
        );
      })}
    </div>
  );
}

interface HeadListProps {
  readonly title: string;
  readonly entries: readonly { readonly ref: HeadRef; readonly s: number }[];
  readonly onPin: (head: HeadRef) => void;
}

function HeadList({ title, entries, onPin }: HeadListProps) {
  return (
    <div>
      <h4>{title}, s</h4>
      <ul className="head-list">
        {entries.map(({ ref, s }) => (
          <li key={headName(ref.layer, ref.head)}>
            <button type="button" className="head-link num" onClick={() => onPin(ref)}>
              <span>{headName(ref.layer, ref.head)}</span> <span>{formatScore(s)}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

function score(value: number | undefined): { shown: string; whole: number | undefined } {
  return { shown: formatScore(value ?? null), whole: value };
}
