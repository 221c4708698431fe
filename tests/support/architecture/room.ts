/** A room of `src`: a folder with one purpose. */
export interface Room {
  /** What the room is for, as the maps of README.md and docs/architecture.md say it. */
  readonly purpose: string;
  /** The rooms that it may import from, by whatever sort of import; those within it need no mention. */
  readonly uses: readonly string[];
  /** The packages that it may import. */
  readonly packages?: readonly string[];
  /** Entered by its index.ts alone. */
  readonly hasDoor?: boolean;
  /** Folders within it that know nothing of each other. */
  readonly siblings?: readonly string[];
}
