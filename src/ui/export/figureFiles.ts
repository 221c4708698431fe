import { loadResultFiles } from '../../core/embedded/index.ts';
import type { PngScale, SvgText } from '../../figures/figureStyle.ts';
import { loadGlyphs } from '../../figures/loadGlyphs.ts';
import type { Scene } from '../../figures/scene.ts';
import { sceneToSvg } from '../../figures/sceneToSvg.ts';
import { copyBlob } from '../widgets/clipboard.ts';
import { exportPng } from './exportPng.ts';

/**
 * A figure as a PNG file that holds the models' JSON, what it shows in words, and its size on paper.
 * @param json null for a figure that is of no model: then it is the picture alone
 * @throws Error when the browser can't draw it
 */
export async function pngFile(scene: Scene, scale: PngScale, json: string | null): Promise<Blob> {
  const png = await pngOf(scene, scale);
  const { embedInPng } = await loadResultFiles();
  const { title, description, perInch = 96 } = scene;
  const picture = new Uint8Array(await png.arrayBuffer());
  const bytes = await embedInPng(picture, json, (scale * perInch) / 96, {
    Title: title,
    Description: description,
  });
  return new Blob([bytes], { type: 'image/png' });
}

/**
 * Puts a figure on the clipboard as a PNG. Browsers write it anew there, so that it holds nothing but the picture.
 * @throws QKError where the browser doesn't allow it
 */
export function copyPicture(scene: Promise<Scene>, scale: PngScale): Promise<void> {
  return copyBlob(
    'image/png',
    scene.then((figure) => pngOf(figure, scale)),
  );
}

/** A figure as a standalone SVG file that holds the models' JSON, where there is one. */
export async function svgFile(scene: Scene, text: SvgText, json: string | null): Promise<Blob> {
  const { embedInSvg } = await loadResultFiles();
  const svg = await figureSvg(scene, text);
  return new Blob([json === null ? svg : embedInSvg(svg, json)], { type: 'image/svg+xml' });
}

/** A figure as a standalone SVG; the shapes of its letters are fetched where they are asked for. */
export async function figureSvg(scene: Scene, text: SvgText): Promise<string> {
  return text === 'text' ? sceneToSvg(scene) : sceneToSvg(scene, await loadGlyphs());
}

async function pngOf(scene: Scene, scale: PngScale): Promise<Blob> {
  const svg = await figureSvg(scene, 'shapes');
  return exportPng(svg, { width: scene.width * scale, height: scene.height * scale });
}
