import { headName } from '../../figures/format.ts';
import type { HeadRef } from '../../figures/heatmapView.ts';
import { useActions } from '../appContext.ts';
import { download } from '../export/download.ts';
import { headValuesText } from '../heatmap/copyHead.ts';
import { nameOf } from '../heatmap/headText.ts';
import { Button } from '../widgets/Button.tsx';
import { CopyButton } from '../widgets/CopyButton.tsx';
import { Notice } from '../widgets/Notice.tsx';
import { DetailWait } from './DetailWait.tsx';
import { detailJson } from './detailJson.ts';
import { HeadFigures } from './HeadFigures.tsx';
import { HeadSections } from './HeadSections.tsx';
import type { HeadPanelModel } from './sections/headModel.ts';

interface PinnedHeadProps {
  /** One at least. */
  readonly models: readonly HeadPanelModel[];
  readonly head: HeadRef;
}

/** Shows all that is known of the pinned head, in each model. */
export function PinnedHead({ models, head }: PinnedHeadProps) {
  const actions = useActions();
  return (
    <div className="head-panel">
      <header className="head-title">
        <h2>{nameOf(models[0]!.view, head)}</h2>
        <Button kind="quiet" onClick={() => actions.selection.pin(null)}>
          Unpin
        </Button>
      </header>
      <HeadFigures models={models} head={head} />
      <DetailWait />
      <Failures models={models} />
      <HeadSections models={models} head={head} />
      <TakeAway models={models} head={head} />
    </div>
  );
}

function Failures({ models }: Pick<PinnedHeadProps, 'models'>) {
  const actions = useActions();
  return models.map(({ key, view, detail }) => {
    if (detail?.status !== 'failed' || detail.error === null) return null;
    const { message, where, hint } = detail.error;
    const text = models.length > 1 ? `${view.title}: ${message}` : message;
    return (
      <Notice key={key} kind="error" message={text} where={where} hint={hint}>
        <Button onClick={actions.headDetail.retry}>Try again</Button>
      </Notice>
    );
  });
}

/** The head's few numbers to paste, and all of its detail as a file, once it is whole. */
function TakeAway({ models, head }: Pick<PinnedHeadProps, 'models'> & { readonly head: HeadRef }) {
  const details = models.flatMap(({ view, detail }) =>
    detail?.detail ? [{ title: view.title, detail: detail.detail }] : [],
  );
  const isWaiting = models.some(({ detail }) => detail?.status === 'running');
  const save = () => {
    const list = details.map(({ title, detail }) => detailJson(title, detail));
    const text = `${JSON.stringify(list.length === 1 ? list[0] : list, null, 2)}\n`;
    download(
      new Blob([text], { type: 'application/json' }),
      `qkscope-${headName(head.layer, head.head)}.json`,
    );
  };
  return (
    <div className="head-foot">
      <CopyButton
        label="Copy values"
        makeText={() =>
          headValuesText(
            models.map(({ view }) => view),
            head,
          )
        }
      />
      <Button
        kind="quiet"
        title="All that is shown here, with its matrices, as JSON"
        disabled={isWaiting || details.length === 0}
        onClick={save}
      >
        Download detail
      </Button>
    </div>
  );
}
