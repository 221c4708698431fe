import { useDeferredValue, useEffect, useState } from 'react';
import type { Scene } from '../../figures/scene.ts';
import { figureSvg } from './figureFiles.ts';

interface FigurePreviewProps {
  readonly scene: Scene;
  /** Called where the code that draws it couldn’t be fetched. */
  readonly onError: (error: unknown) => void;
}

/** The figure as it will be written, at its size on paper where there is room. */
export function FigurePreview({ scene: current, onError }: FigurePreviewProps) {
  const scene = useDeferredValue(current);
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    let isOutdated = false;
    figureSvg(scene, 'shapes').then((svg) => {
      if (!isOutdated) setUrl(`data:image/svg+xml,${encodeURIComponent(svg)}`);
    }, onError);
    return () => {
      isOutdated = true;
    };
  }, [scene, onError]);
  const { width, height, perInch = 96 } = scene;
  return (
    <figure className="export-preview">
      <div className="export-paper">
        {url !== undefined && (
          <img
            src={url}
            alt={`Preview: ${scene.title}`}
            width={(width * 96) / perInch}
            height={(height * 96) / perInch}
          />
        )}
      </div>
      <figcaption className="quiet" aria-live="polite">
        {sizeText(scene)}
      </figcaption>
    </figure>
  );
}

/** "3.3 × 4.7 inches, 8.4 × 11.9 cm." */
function sizeText({ width, height, perInch = 96 }: Scene): string {
  const sides = [width / perInch, height / perInch];
  const inches = sides.map((side) => side.toFixed(1)).join(' × ');
  return `${inches} inches, ${sides.map((side) => (2.54 * side).toFixed(1)).join(' × ')} cm.`;
}
