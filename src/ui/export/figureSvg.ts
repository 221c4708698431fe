import { figureScene } from '../../figures/figure.ts';
import { sceneToSvg } from '../../figures/sceneToSvg.ts';

/** The figure of the page's maps as a standalone SVG; its code is fetched when it is asked for. */
export function figureSvg(...figure: Parameters<typeof figureScene>): string {
  return sceneToSvg(figureScene(...figure));
}
