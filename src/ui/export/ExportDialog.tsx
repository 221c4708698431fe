import { useMemo, useState } from 'react';
import { unique } from '../../core/unique.ts';
import type { ColourDomain } from '../../figures/colourDomain.ts';
import { figureScene } from '../../figures/figure.ts';
import type { HeatmapView } from '../../figures/heatmapView.ts';
import { partsWithoutEffect } from '../../figures/partsWithoutEffect.ts';
import { PROJECT } from '../../figures/projectCitation.ts';
import type { QrModules } from '../../figures/qrCode.ts';
import { useActions, useAppState } from '../appContext.ts';
import { useMetric } from '../figure/useMetric.ts';
import { Button } from '../widgets/Button.tsx';
import { Dialog } from '../widgets/Dialog.tsx';
import { CopyLink } from './CopyLink.tsx';
import { ExportFiles } from './ExportFiles.tsx';
import { exportResults } from './exportResults.ts';
import { FigureControls } from './FigureControls.tsx';
import { FigurePreview } from './FigurePreview.tsx';
import { QrCodeOption } from './QrCodeOption.tsx';
import './exportDialog.css';

interface ExportDialogProps {
  readonly views: readonly HeatmapView[];
  readonly domain: ColourDomain;
  readonly onClose: () => void;
}

/** The maps as a figure, with a preview, and the result as data. */
export function ExportDialog({ views, domain, onClose }: ExportDialogProps) {
  const actions = useActions();
  const models = useAppState((state) => state.models);
  const metric = useMetric();
  const { palette, figure: style } = useAppState((state) => state.settings);
  const sort = useAppState((state) => state.sort);
  const pinned = useAppState((state) => state.pinned);
  const compared = useAppState((state) => state.compared);
  const names = views.map(({ title }) => title);
  const [edited, setEdited] = useState<readonly string[] | null>(null);
  const titles = edited !== null && edited.length === names.length ? edited : names;
  const [qrCode, setQrCode] = useState<QrModules | null>(null);
  const results = useMemo(() => exportResults(models), [models]);
  const conventions = unique(results.map(({ convention }) => convention.text)).join('; ');
  const heads = useMemo(() => ({ pinned, compared }), [pinned, compared]);
  const scene = useMemo(
    () =>
      figureScene(results, {
        metric,
        domain,
        palette,
        sort,
        views,
        style,
        heads,
        qrCode,
        ...(edited !== null && { titles: edited }),
      }),
    [results, metric, domain, palette, sort, views, style, heads, qrCode, edited],
  );
  const withoutEffect = partsWithoutEffect(views, { metric, domain, style, heads });
  return (
    <Dialog open title="Export the figure and its data" onClose={onClose}>
      <div className="export">
        <FigurePreview scene={scene} onError={actions.page.showError} />
        <FigureControls
          style={style}
          onChange={(figure) => actions.settings.set({ figure })}
          titles={titles}
          onTitles={setEdited}
          withoutEffect={withoutEffect}
        >
          <QrCodeOption
            address={PROJECT.address}
            makeLink={(address) => actions.links.make(address, false)}
            onChange={setQrCode}
          />
        </FigureControls>
        <div className="export-taking">
          <ExportFiles scene={scene} models={models} titles={titles} />
          <CopyLink views={views} metric={metric} convention={conventions} />
        </div>
      </div>
      <Button kind="quiet" className="dialog-close" onClick={onClose}>
        Close
      </Button>
    </Dialog>
  );
}
