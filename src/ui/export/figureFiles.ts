import { loadResultFiles } from '../../core/embedded/index.ts';
import { exportPng } from './exportPng.ts';
import type { PngScale } from './pngScales.ts';

/**
 * A standalone SVG as a PNG file that holds the models' JSON and its size on paper.
 * @param json null for a figure that is of no model: then it is the picture alone
 * @throws Error when the browser can't draw it
 */
export async function pngFile(svg: string, scale: PngScale, json: string | null): Promise<Blob> {
  const png = await exportPng(svg, scale);
  const { embedInPng } = await loadResultFiles();
  const bytes = await embedInPng(new Uint8Array(await png.arrayBuffer()), json, scale);
  return new Blob([bytes], { type: 'image/png' });
}

/**
 * Puts a standalone SVG on the clipboard as a PNG. Browsers write it anew there, so that it holds nothing but the
 * picture.
 * @throws DOMException where the browser doesn't allow it
 */
export function copyPicture(svg: Promise<string>, scale: PngScale): Promise<void> {
  // The item takes a promise: WebKit allows copying only while the click is handled.
  const png = svg.then((picture) => exportPng(picture, scale));
  return navigator.clipboard.write([new ClipboardItem({ 'image/png': png })]);
}

/** A standalone SVG as a file that holds the models' JSON, where there is one. */
export async function svgFile(svg: string, json: string | null): Promise<Blob> {
  const { embedInSvg } = await loadResultFiles();
  return new Blob([json === null ? svg : embedInSvg(svg, json)], { type: 'image/svg+xml' });
}
