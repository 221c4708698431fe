import { useState } from 'react';
import { isAbort } from '../../core/errors.ts';
import type { Scene } from '../../figures/scene.ts';
import { useActions, useAppState } from '../appContext.ts';
import { Button } from '../widgets/Button.tsx';
import { Segmented } from '../widgets/Segmented.tsx';
import { useMenu } from '../widgets/useMenu.ts';
import { download } from './download.ts';
import { SCALE_OPTIONS, scaleNamed } from './pngScales.ts';

interface ExportMenuProps {
  /** Several menus stand on a page: each says what it exports. */
  readonly label: string;
  /** The name without its extension: "qkscope-gpt2-607a30d". */
  readonly fileName: string;
  /** Called when the file is asked for, not before. */
  readonly makeScene: () => Scene;
  readonly makeJson: () => string | Promise<string>;
  /** True where the JSON is the models' results: then PNG and SVG hold it, and open as the JSON does. */
  readonly hasResults?: boolean;
  readonly makeCsv?: () => string | Promise<string>;
  readonly disabled?: boolean;
  readonly onError: (error: unknown) => void;
}

/** What writes pictures is fetched when one is asked for. */
const figureFiles = () => import('./figureFiles.ts');

/** Figure and data as files. A native <details>, closed by Esc, by leaving it, and by a download. */
export function ExportMenu({
  label,
  fileName,
  makeScene,
  makeJson,
  hasResults = false,
  makeCsv,
  disabled = false,
  onError,
}: ExportMenuProps) {
  const menu = useMenu();
  const actions = useActions();
  const figure = useAppState((state) => state.settings.figure);
  const { scale, text } = figure;
  const [copied, setCopied] = useState(false);
  const data = async () => (hasResults ? makeJson() : null);
  const save = async (ending: string, make: () => Blob | Promise<Blob>) => {
    try {
      const what = `this page’s server or the browser, which make ${fileName}.${ending} together`;
      const file = await actions.page.waitFor(what, async () => make());
      download(file, `${fileName}.${ending}`);
      menu.close();
    } catch (error) {
      if (!isAbort(error)) onError(error);
    }
  };
  const copy = async () => {
    try {
      await actions.page.waitFor('the browser to copy the picture', async () => {
        const { copyPicture } = await figureFiles();
        await copyPicture(Promise.resolve(makeScene()), scale);
      });
      setCopied(true);
    } catch (error) {
      if (!isAbort(error)) onError(error);
    }
  };
  if (disabled) return <Button disabled>{label}</Button>;
  return (
    <details className="menu" {...menu.props}>
      <summary className="button button-plain">{label}</summary>
      <div className="menu-box">
        <Segmented
          label="PNG size"
          options={SCALE_OPTIONS}
          value={`${scale}`}
          onChange={(value) => actions.settings.set({ figure: { ...figure, scale: scaleNamed(value) } })}
        />
        <Button
          onClick={() =>
            save('png', async () => (await figureFiles()).pngFile(makeScene(), scale, await data()))
          }
        >
          Download PNG
        </Button>
        <Button
          onClick={() =>
            save('svg', async () => (await figureFiles()).svgFile(makeScene(), text, await data()))
          }
        >
          Download SVG
        </Button>
        <Button
          onClick={() => save('json', async () => new Blob([await makeJson()], { type: 'application/json' }))}
        >
          Download JSON
        </Button>
        {hasResults && (
          <Button
            title="The picture alone: a downloaded one holds its data, too"
            onClick={copy}
            onBlur={() => setCopied(false)}
          >
            <span aria-live="polite">{copied ? 'Copied' : 'Copy picture'}</span>
          </Button>
        )}
        {makeCsv && (
          <Button onClick={() => save('csv', async () => new Blob([await makeCsv()], { type: 'text/csv' }))}>
            Download CSV
          </Button>
        )}
      </div>
    </details>
  );
}
