/** A browser's storage of one text, as far as it is used. */
export function storageOf(text: string | null = null) {
  let kept = text;
  return {
    getItem: () => kept,
    setItem(_key: string, value: string) {
      kept = value;
    },
  };
}
