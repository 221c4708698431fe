import { useState } from 'react';
import { toWire } from '../../core/errors.ts';
import type { HeatmapView } from '../../figures/heatmapView.ts';
import type { Metric } from '../../figures/metric.ts';
import { useActions } from '../appContext.ts';
import { Button } from '../widgets/Button.tsx';
import { copyText } from '../widgets/clipboard.ts';
import { markdownLine } from './markdownLine.ts';

interface CopyLinkProps {
  readonly views: readonly HeatmapView[];
  readonly metric: Metric;
  /** "raw weights, no bias, no LayerNorm, no RoPE" */
  readonly convention: string;
}

/** Copies a link to what is on the page, and says what it holds and how exactly; or what the maps say, with the link. */
export function CopyLink({ views, metric, convention }: CopyLinkProps) {
  const actions = useActions();
  const [said, setSaid] = useState('A link opens this view; with scores it needs no download.');
  const attempt = (act: () => Promise<string>) => async () => {
    try {
      setSaid(`Copied. ${await act()}`);
    } catch (error) {
      const { message, hint = '' } = toWire(error);
      setSaid(`${message} ${hint}`);
    }
  };
  const copyLink = (withScores: boolean) =>
    attempt(async () => {
      const link = actions.links.make(location.href, withScores);
      await copyText(link.then(({ text }) => text));
      return (await link).summary;
    });
  const copyMarkdown = attempt(async () => {
    // Where no link leads here the line says the rest.
    const making = actions.links.make(location.href, false).catch(() => null);
    await copyText(making.then((link) => markdownLine(views, metric, convention, link?.text ?? null)));
    return (await making) === null
      ? 'A line without a link: none leads to what is shown now.'
      : 'A line and its link.';
  });
  return (
    <div className="export-links">
      <div className="export-buttons">
        <Button onClick={copyLink(false)}>Copy link</Button>
        <Button onClick={copyLink(true)}>Copy link with scores</Button>
        <Button title="The medians and a link, for a note or an issue" onClick={copyMarkdown}>
          Copy Markdown
        </Button>
      </div>
      <p className="quiet" aria-live="polite">
        {said}
      </p>
    </div>
  );
}
