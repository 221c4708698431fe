import { useState } from 'react';
import type { ColourDomain } from '../../figures/colourDomain.ts';
import type { HeatmapView } from '../../figures/heatmapView.ts';
import { Button } from '../widgets/Button.tsx';
import { lazyWithPreload } from '../widgets/lazyWithPreload.tsx';

const LazyExportDialog = lazyWithPreload(() => import('./ExportDialog.tsx'), 'ExportDialog', 0, true);

interface ExportButtonProps {
  readonly views: readonly HeatmapView[];
  readonly domain: ColourDomain;
}

/** Opens the export of the maps, whose code comes with it. */
export function ExportButton({ views, domain }: ExportButtonProps) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <Button
        disabled={views.length === 0}
        aria-haspopup="dialog"
        onClick={() => setIsOpen(true)}
        onPointerEnter={LazyExportDialog.preload}
      >
        Export
      </Button>
      {isOpen && <LazyExportDialog views={views} domain={domain} onClose={() => setIsOpen(false)} />}
    </>
  );
}
