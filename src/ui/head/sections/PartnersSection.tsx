import { useMemo, useRef } from 'react';
import type { HeadDetail, Partners } from '../../../core/inspection/index.ts';
import { formatFull, formatScore, headName } from '../../../figures/format.ts';
import { type HeadRef, layerShape } from '../../../figures/heatmapView.ts';
import {
  partnersBox,
  partnersHeight,
  partnersScene,
  strongestPartners,
} from '../../../figures/partnersScene.ts';
import type { HeadDetailState } from '../../../state/headDetail.ts';
import { useActions } from '../../appContext.ts';
import { useWidth } from '../../figure/useElementSize.ts';
import { useFigureTheme } from '../../figure/useFigureTheme.ts';
import { focusHeadPanel } from '../../heatmap/focus.ts';
import { Button } from '../../widgets/Button.tsx';
import { ProgressBar } from '../../widgets/ProgressBar.tsx';
import { WorkWaiting } from '../../widgets/WorkWaiting.tsx';
import { withFocusRestored } from '../../widgets/withFocusRestored.ts';
import type { SectionProps } from './headModel.ts';
import { MatrixReader } from './MatrixReader.tsx';
import { PerModel } from './PerModel.tsx';

const LISTED = 3;

/** Which heads of the layer are each other's transpose, as a map of pairs and as a list for this head. */
export function PartnersSection({ models, head }: SectionProps) {
  return (
    <PerModel models={models} head={head}>
      {(detail, { view, detail: state }) => (
        <PartnersOf
          partners={detail?.partners ?? null}
          placeholder={partnersPlaceholder(detail, state)}
          state={state}
          heads={layerShape(view, head.layer).heads}
          head={head}
        />
      )}
    </PerModel>
  );
}

interface PartnersOfProps {
  readonly partners: Partners | null;
  /** Shown where there are none. */
  readonly placeholder: string;
  readonly state: HeadDetailState | undefined;
  readonly heads: number;
  readonly head: HeadRef;
}

function PartnersOf({ partners, placeholder, state, heads, head: at }: PartnersOfProps) {
  const actions = useActions();
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const theme = useFigureTheme();
  const { layer, head } = at;
  const scene = useMemo(
    () => (partners === null || width === 0 ? null : partnersScene(partners, { width, theme, head })),
    [partners, width, theme, head],
  );
  const strongest = partners === null ? [] : strongestPartners(partners, head, LISTED);
  const listed = Math.min(LISTED, heads - 1);
  return (
    <div ref={box} className="partners">
      <div style={{ minHeight: width > 0 ? partnersHeight(heads, width) + 24 : 0 }}>
        {scene === null || partners === null ? (
          <p className="quiet">{placeholder}</p>
        ) : (
          <MatrixReader
            scene={scene}
            box={partnersBox(partners, { width })}
            label="Pairs of heads. Arrow keys move, Enter pins the pair’s other head."
            say={({ row, column }) => pairText(partners, layer, row, column)}
            hint="⟨M_g, M_hᵀ⟩ / ‖M_g‖‖M_h‖; diagonal: s"
            onPick={({ row, column }) =>
              actions.selection.pin({ layer, head: column === head ? row : column })
            }
          />
        )}
      </div>
      {partners?.isWhole === false && state !== undefined && <AllPairs state={state} />}
      <ul className="head-list" style={{ minHeight: 32 * listed }}>
        {strongest.map(({ head: other, value }) => (
          <li key={other}>
            <button
              type="button"
              className="head-link num"
              title={formatFull(value)}
              onClick={() => actions.selection.pin({ layer, head: other })}
            >
              <span>with {headName(layer, other)}</span> <span>{formatScore(value)}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** The whole map of pairs, where it would take too long to be computed unasked. */
function AllPairs({ state: { key, pairs } }: { readonly state: HeadDetailState }) {
  const { pairs: actions } = useActions().headDetail;
  if (key === null) return null;
  if (pairs?.status === 'running')
    return (
      <div className="head-pairs">
        <ProgressBar
          label="all pairs of the layer"
          text={`${Math.floor(100 * pairs.fraction)} %`}
          value={pairs.fraction}
        >
          <WorkWaiting news={`${pairs.fraction}`} what="the engine to compare the layer’s heads" />
        </ProgressBar>
        <Button
          kind="quiet"
          onClick={(event) =>
            withFocusRestored(event, '.partners', () => actions.cancel(key), focusHeadPanel)
          }
        >
          Cancel
        </Button>
      </div>
    );
  return (
    <div className="head-pairs">
      <p className="quiet">
        Only this head’s pairs: all of the layer’s take a while.
        {pairs?.status === 'failed' && ` They couldn’t be computed: ${pairs.error.message}`}
      </p>
      <Button
        kind="quiet"
        onClick={(event) => withFocusRestored(event, '.partners', () => actions.start(key), focusHeadPanel)}
      >
        Compute all pairs
      </Button>
    </div>
  );
}

function partnersPlaceholder(detail: HeadDetail | null, state: HeadDetailState | undefined): string {
  if (detail?.partnersReason !== undefined) return detail.partnersReason;
  return state?.status === 'failed' ? 'not computed' : 'computing the layer’s pairs …';
}

/** "L5H1 with L5H3: −0.1234", and s for a head with itself. */
function pairText({ heads, normalised, isWhole }: Partners, layer: number, g: number, h: number): string {
  const found = normalised[g * heads + h] ?? Number.NaN;
  const value = Number.isNaN(found) ? (isWhole ? 'undefined' : 'not computed') : formatScore(found);
  return g === h
    ? `${headName(layer, g)} with itself, s: ${value}`
    : `${headName(layer, g)} with ${headName(layer, h)}: ${value}`;
}
