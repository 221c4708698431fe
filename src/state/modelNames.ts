import { modelTitle } from '../figures/format.ts';
import type { ModelState } from './appState.ts';

/** What tells two models of one title apart, the first that does. */
const TELLS: readonly ((model: ModelState) => string | null)[] = [
  ({ model }) => model?.weights ?? null,
  ({ model }) => model?.fingerprint?.slice(0, 8) ?? null,
];

/**
 * A name for each model on the page, no two alike: "gpt2@607a30d"; where two have one title, with the weight file, the start of
 * their headers' SHA-256, or at last their place behind it.
 */
export function modelNames(models: readonly ModelState[]): readonly string[] {
  const titles = models.map(({ model, requestLabel }) => (model === null ? requestLabel : modelTitle(model)));
  return titles.map((title, place) => {
    const twins = models.filter((_, other) => titles[other] === title);
    if (twins.length === 1) return title;
    const tell = TELLS.find((of) => {
      const words = twins.map(of);
      return !words.includes(null) && new Set(words).size === twins.length;
    });
    return `${title} (${tell?.(models[place]!) ?? `${place + 1} of ${models.length}`})`;
  });
}
