// A link to what is on the page as a text, with its scores if that is wished.
import { QKError } from '../core/errors.ts';
import { formatFragment, loadLinkScores, type PageLink } from '../core/links/index.ts';
import type { AppState } from './appState.ts';
import { scoresForLink } from './linkedResult.ts';
import { linkOfPage } from './linkOfPage.ts';

export interface MadeLink {
  readonly text: string;
  /** What the link holds, in a sentence. */
  readonly summary: string;
}

/**
 * Makes a link to the page at `address`.
 * @throws QKError 'link-invalid' where a model can't be named again, or where its scores don't fit a link
 */
export async function makeLink(state: AppState, address: string, withScores: boolean): Promise<MadeLink> {
  const { origin, pathname } = new URL(address);
  const link = linkOfPage(state);
  if (link === null)
    throw new QKError('link-invalid', 'No link leads to what is shown now.', {
      hint: 'Wait until the model is open. A local file needs a fingerprint, which takes a page served over https; its PNG or JSON holds all scores.',
    });
  const textOf = (linked: PageLink) => `${origin}${pathname}${formatFragment(linked)}`;
  if (!withScores) {
    const text = textOf(link);
    const isLocal = link.models.some(({ source }) => source.kind === 'local');
    const what = isLocal
      ? 'the file’s fingerprint and this view, but no scores'
      : 'the model, its commit and this view';
    return { text, summary: `${text.length} characters: ${what}.` };
  }
  const { fitScores, MAX_LINK_LENGTH } = await loadLinkScores();
  const now = new Date().toISOString();
  const scores = state.models.flatMap((model) => scoresForLink(model, now) ?? []);
  if (scores.length < state.models.length)
    throw new QKError('link-invalid', 'There are no scores yet.', {
      hint: 'Wait until the model is scored.',
    });
  const models = link.models.length > 0 ? link.models : sampleModels(state);
  const empty = textOf({ ...link, models: models.map((model) => ({ ...model, scores: '' })) });
  const fitting = fitScores(scores, MAX_LINK_LENGTH - empty.length);
  const heads = scores
    .flatMap(({ stacks }) => stacks.flatMap(({ layers }) => layers))
    .reduce((sum, row) => sum + row.heads.length, 0);
  if (fitting === null)
    throw new QKError(
      'link-invalid',
      `The scores of ${heads} heads don’t fit a link of ${MAX_LINK_LENGTH.toLocaleString('en')} characters.`,
      { hint: 'The PNG or the JSON holds all of them: dropped on the page, it opens again.' },
    );
  const { texts, tolerance } = fitting;
  const text = textOf({
    ...link,
    models: models.map((model, index) => ({ ...model, scores: texts[index] })),
  });
  return {
    text,
    summary: `${text.length.toLocaleString('en')} characters: ${heads} scores, each s within ±${Number(tolerance)}, and this view.`,
  };
}

function sampleModels({ models }: AppState): PageLink['models'] {
  return models.flatMap(({ choice }) =>
    choice.kind === 'sample' ? [{ source: { kind: 'sample' as const, name: choice.name } }] : [],
  );
}
