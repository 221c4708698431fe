import { useState } from 'react';
import { isAbort, toWire, type WireError } from '../../core/errors.ts';
import type { SvgText } from '../../figures/figureStyle.ts';
import { resultsToCsv } from '../../figures/resultsToCsv.ts';
import type { Scene } from '../../figures/scene.ts';
import { mapFileView } from '../../state/mapFile.ts';
import type { ModelState } from '../../state/modelState.ts';
import { useActions, useAppState, useAppStore } from '../appContext.ts';
import { Button } from '../widgets/Button.tsx';
import { Notice } from '../widgets/Notice.tsx';
import { PageWaits } from '../widgets/PageWaits.tsx';
import { Segmented, type SegmentedOption } from '../widgets/Segmented.tsx';
import { download, exportName } from './download.ts';
import { exportResults, resultsToJson } from './exportResults.ts';
import { copyPicture, pngFile, svgFile } from './figureFiles.ts';
import { htmlFile } from './htmlFile.ts';
import { SCALE_OPTIONS, scaleNamed } from './pngScales.ts';

interface ExportFilesProps {
  readonly scene: Scene;
  readonly models: readonly ModelState[];
  /** The title of each map. */
  readonly titles: readonly string[];
}

const TEXT_OPTIONS: readonly SegmentedOption<SvgText>[] = [
  { value: 'shapes', label: 'shapes', title: 'Letters look alike in every program' },
  { value: 'text', label: 'text', title: 'Letters can be edited, in a font that the reader has' },
];

/** The figure as PNG and SVG, which hold the result, and the result alone. */
export function ExportFiles({ scene, models, titles }: ExportFilesProps) {
  const actions = useActions();
  const store = useAppStore();
  const figure = useAppState((state) => state.settings.figure);
  const report = useAppState((state) => state.benchmark.report);
  const [failure, setFailure] = useState<WireError | null>(null);
  const [done, setDone] = useState('');
  const name = exportName(models.flatMap(({ model }) => model ?? []));
  const json = () => resultsToJson(models, report);
  /** What is made after a Cancel goes nowhere. */
  const attempt =
    <T,>(what: string, make: () => Promise<T>, finish: (made: T) => string) =>
    async () => {
      setFailure(null);
      try {
        setDone(finish(await actions.page.waitFor(what, make)));
      } catch (error) {
        setDone('');
        if (!isAbort(error)) setFailure(toWire(error));
      }
    };
  const save = (ending: string, make: () => Blob | Promise<Blob>) =>
    attempt(
      `this page’s server or the browser, which make ${name}.${ending} together`,
      async () => make(),
      (blob) => {
        download(blob, `${name}.${ending}`);
        return `${name}.${ending} is saved.`;
      },
    );
  return (
    <div className="export-files">
      <div className="export-formats">
        <Segmented
          label="PNG size"
          options={SCALE_OPTIONS}
          value={`${figure.scale}`}
          onChange={(value) => actions.settings.set({ figure: { ...figure, scale: scaleNamed(value) } })}
        />
        <Segmented
          label="SVG text"
          options={TEXT_OPTIONS}
          value={figure.text}
          onChange={(text) => actions.settings.set({ figure: { ...figure, text } })}
        />
      </div>
      <div className="export-buttons">
        <Button kind="primary" onClick={save('png', () => pngFile(scene, figure.scale, json()))}>
          Download PNG
        </Button>
        <Button onClick={save('svg', () => svgFile(scene, figure.text, json()))}>Download SVG</Button>
        <Button
          title="One file with the map and its hands: it opens from disk, without a network"
          onClick={save('html', () =>
            htmlFile({
              json: json(),
              results: exportResults(models),
              view: mapFileView(store.getState(), titles),
            }),
          )}
        >
          Download HTML
        </Button>
        <Button
          title="The picture alone: a downloaded one holds its data, too"
          onClick={attempt(
            'the browser to copy the picture',
            () => copyPicture(Promise.resolve(scene), figure.scale),
            () => 'The picture is copied.',
          )}
        >
          Copy picture
        </Button>
        <Button onClick={save('qkscope.json', () => new Blob([json()], { type: 'application/json' }))}>
          Download JSON
        </Button>
        <Button
          onClick={save('csv', () => new Blob([resultsToCsv(exportResults(models))], { type: 'text/csv' }))}
        >
          Download CSV
        </Button>
      </div>
      <p className="quiet" aria-live="polite">
        {done}
      </p>
      <PageWaits />
      {failure && <Notice kind="error" message={failure.message} where={failure.where} hint={failure.hint} />}
    </div>
  );
}
