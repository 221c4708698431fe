/** A picture of at most 256 colours, one byte a pixel, row by row from the top. */
export interface IndexedImage {
  readonly columns: number;
  readonly rows: number;
  /** "#rrggbb", at most 256. */
  readonly palette: readonly string[];
  /** Which colour of the palette, [rows · columns]. */
  readonly indices: Uint8Array;
}

/** The bytes of a colour "#rrggbb". */
export function bytesOf(colour: string): readonly [red: number, green: number, blue: number] {
  const value = Number.parseInt(colour.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}
