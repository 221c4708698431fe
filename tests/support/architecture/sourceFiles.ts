import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

export interface SourceFile {
  /** Path from the project's root, with forward slashes. */
  readonly file: string;
  readonly text: string;
}

/** The files under these folders of the project whose names end as the pattern says. */
export function sourceFiles(folders: readonly string[], pattern: RegExp): SourceFile[] {
  return folders.flatMap((folder) =>
    readdirSync(path.join(ROOT, folder), { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile() && pattern.test(entry.name))
      .map((entry) => {
        const absolute = path.join(entry.parentPath, entry.name);
        return {
          file: path.relative(ROOT, absolute).split(path.sep).join('/'),
          text: readFileSync(absolute, 'utf8'),
        };
      }),
  );
}

/** A text file of the project, by its path from the root. */
export function projectFile(name: string): string {
  return readFileSync(path.join(ROOT, name), 'utf8');
}
