// The page's figure as a PNG that holds its results.
import { deflateSync } from 'node:zlib';
import { loadResultFiles } from '../core/embedded/index.ts';
import { joinBytes } from '../core/joinBytes.ts';
import { PNG_SIGNATURE, pngChunk } from '../core/pngChunk.ts';
import { loadGlyphs } from '../figures/loadGlyphs.ts';
import type { AnalysisResult } from '../library/door.ts';
import { type FigureOptions, resultScene, resultsText } from '../library/figureFiles.ts';
import { type Picture, paintScene } from '../raster/index.ts';

/** Pixels a px of the figure: as the page exports it. */
const SCALE = 2;

/** The figure of one result, or of two side by side. */
export async function figurePng(
  results: readonly AnalysisResult[],
  options: FigureOptions,
): Promise<Uint8Array> {
  const scene = resultScene(results, options);
  const [{ embedInPng }, glyphs] = await Promise.all([loadResultFiles(), loadGlyphs()]);
  const { title, description, perInch = 96 } = scene;
  const png = encode(paintScene(scene, glyphs, SCALE));
  const about = { Title: title, Description: description };
  return embedInPng(png, resultsText(results), (SCALE * perInch) / 96, about);
}

/** ISO/IEC 15948: eight bits of red, green and blue a pixel. */
function encode({ width, height, bytes }: Picture): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, 2, 0, 0, 0], 8);
  const lines = new Uint8Array(height * (3 * width + 1));
  // Each line begins with its filter: 0, none.
  for (let row = 0; row < height; row++)
    lines.set(bytes.subarray(3 * row * width, 3 * (row + 1) * width), row * (3 * width + 1) + 1);
  return joinBytes([
    PNG_SIGNATURE,
    pngChunk('IHDR', header),
    pngChunk('IDAT', new Uint8Array(deflateSync(lines))),
    pngChunk('IEND', new Uint8Array(0)),
  ]);
}
