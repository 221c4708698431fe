/**
 * A standalone SVG as a PNG of this many pixels.
 * @throws Error when the browser can't draw it: usually it is too large for a canvas.
 */
export async function exportPng(svg: string, size: { width: number; height: number }): Promise<Blob> {
  const image = new Image();
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(size.width);
    canvas.height = Math.round(size.height);
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
    const png = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
    if (png === null) throw new Error(`The browser made no PNG of ${canvas.width} × ${canvas.height} px.`);
    return png;
  } finally {
    URL.revokeObjectURL(url);
  }
}
