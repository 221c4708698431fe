import { Button } from '../widgets/Button.tsx';

interface ZoomButtonsProps {
  readonly map: {
    readonly isZoomed: boolean;
    readonly isLargest: boolean;
    readonly zoomIn: () => void;
    readonly zoomOut: () => void;
    readonly zoomReset: () => void;
  };
  readonly title: string;
}

/** Zooms maps of so many heads that their cells are small. */
export function ZoomButtons({ map, title }: ZoomButtonsProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: three buttons, no form's fields
    <div className="zoom" role="group" aria-label={`Zoom of ${title}`}>
      <Button
        kind="quiet"
        className="button-sign"
        aria-label="Zoom out"
        disabled={!map.isZoomed}
        onClick={map.zoomOut}
      >
        −
      </Button>
      <Button
        kind="quiet"
        className="button-sign"
        aria-label="Zoom in"
        disabled={map.isLargest}
        onClick={map.zoomIn}
      >
        +
      </Button>
      <Button kind="quiet" disabled={!map.isZoomed} onClick={map.zoomReset}>
        fit
      </Button>
    </div>
  );
}
