// Scores that came without weights: what the page says of them, and which files would be their models'.
import type { ExpectedFile, ModelState, ScoresOrigin } from './modelState.ts';

/** "from a figure (bert.png)" */
export function originText(origin: ScoresOrigin): string {
  if (origin.kind === 'gallery') return origin.mark;
  return origin.kind === 'figure' ? `from a figure (${origin.name})` : `from ${sourceText(origin)}`;
}

/** "a figure" */
export function sourceText({ kind }: ScoresOrigin): string {
  if (kind === 'gallery') return 'the gallery';
  return kind === 'browser' ? 'an earlier visit' : `a ${kind}`;
}

/** The expected file that a model was read from: the one of its fingerprint; null where it is none of them. */
export function matchingFile({
  expectedFiles,
  model,
}: Pick<ModelState, 'expectedFiles' | 'model'>): ExpectedFile | null {
  return expectedFiles.find(({ fingerprint }) => model?.fingerprint?.startsWith(fingerprint)) ?? null;
}

/** The files whose scores the page shows without their weights, also where another file was opened in their place. */
export function filesToExpect(models: readonly ModelState[]): readonly ExpectedFile[] {
  return models.flatMap((state): readonly ExpectedFile[] => {
    const { choice, origin, model, convention, expectedFiles } = state;
    if (choice.kind !== 'local') return [];
    if (origin === null) return matchingFile(state) === null ? expectedFiles : [];
    const fingerprint = model?.fingerprint ?? null;
    return model === null || fingerprint === null ? [] : [{ name: model.id, fingerprint, convention }];
  });
}
