/** What is read of a file at most. The largest models have 16,000 heads: their results are 5 MB of text. */
export const EMBEDDED_LIMITS = {
  /** Bytes of a picture. */
  file: 128 * 1024 * 1024,
  /** Bytes of the text in it, inflated. */
  text: 64 * 1024 * 1024,
  /** Results: the page shows one model, or two side by side. */
  results: 2,
  /** Results of a list that a terminal or a program reads. */
  listed: 10_000,
  stacks: 64,
  layers: 4096,
  heads: 4096,
  /** Characters of a name, a path or a device. */
  name: 2000,
  /** Characters of a sentence. */
  sentence: 20_000,
  /** Entries of any other list. */
  list: 10_000,
} as const;
