import { useDeferredValue, useEffect, useMemo, useState } from 'react';
import type { Scene } from '../../figures/scene.ts';
import { sceneToSvg } from '../../figures/sceneToSvg.ts';

/** The figure as it will be written, at its size on paper where there is room. */
export function FigurePreview({ scene: current }: { readonly scene: Scene }) {
  const scene = useDeferredValue(current);
  const svg = useMemo(() => sceneToSvg(scene), [scene]);
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [svg]);
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
