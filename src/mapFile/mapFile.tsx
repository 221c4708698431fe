// The script of an exported page: it draws the maps from the values that stand in the page. Built on its own
// (scripts/mapFilePlugin.js), and put into each such page by ui/export/htmlFile.ts.
import '../ui/styles/index.css';
import './mapFile.css';
import { createRoot } from 'react-dom/client';
import { loadPackedText } from '../core/embedded/index.ts';
import type { AnalysisResult } from '../core/result/index.ts';
import { type MapFileView, mapFileStore } from '../state/mapFile.ts';
import { pageActions } from '../state/page.ts';
import { selectionActions } from '../state/selection.ts';
import { viewActions } from '../state/view.ts';
import { AppContext } from '../ui/appContext.ts';
import { MetricMaps } from '../ui/heatmap/MetricMaps.tsx';
import { viewsOfModels } from '../ui/modelViews.ts';

function textOf(id: string): string {
  return document.getElementById(id)?.textContent ?? '';
}

async function drawMaps(place: HTMLElement): Promise<void> {
  const { unpackHtmlText, HTML_RESULT_ID } = await loadPackedText();
  const json: AnalysisResult | AnalysisResult[] = JSON.parse(
    await unpackHtmlText(textOf(HTML_RESULT_ID), 'This file'),
  );
  const view: MapFileView = JSON.parse(textOf('qkscope-view'));
  const { store, models, titles } = mapFileStore(Array.isArray(json) ? json : [json], view);
  const views = viewsOfModels(models).flatMap((each, index) =>
    each === null ? [] : [{ ...each, title: titles[index] || each.title }],
  );
  const actions = {
    selection: selectionActions({ store }),
    view: viewActions({ store }),
    page: pageActions({ store }),
  };
  createRoot(place).render(
    <AppContext value={{ store, actions }}>
      <MetricMaps views={views} />
    </AppContext>,
  );
}

const place = document.getElementById('qkscope-map');
if (place !== null)
  drawMaps(place).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    place.textContent = `The map couldn’t be drawn: ${reason} Is this browser an old one? QKScope opens the file all the same.`;
  });
