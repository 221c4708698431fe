import { type FocusEvent, type KeyboardEvent, useRef, useState } from 'react';
import { Button } from '../widgets/Button.tsx';
import { Segmented } from '../widgets/Segmented.tsx';
import { download } from './download.ts';
import { exportPng, PNG_SCALES, type PngScale } from './exportPng.ts';

interface ExportMenuProps {
  /** "Export" unless told: where several stand on a page, each says of what. */
  readonly label?: string;
  /** Without an ending: "qkscope-gpt2-607a30d". */
  readonly fileName: string;
  /** Made when asked for, not before. */
  readonly makeSvg: () => string;
  readonly makeJson: () => string;
  readonly makeCsv?: () => string;
  readonly disabled?: boolean;
  readonly onError: (error: unknown) => void;
}

const SCALE_OPTIONS = PNG_SCALES.map((scale) => ({ value: `${scale}`, label: `${scale}×` }));

/** Figure and data as files. A native <details>, closed by Esc, by leaving it, and by a download. */
export function ExportMenu({
  label = 'Export',
  fileName,
  makeSvg,
  makeJson,
  makeCsv,
  disabled = false,
  onError,
}: ExportMenuProps) {
  const menu = useRef<HTMLDetailsElement>(null);
  const [scale, setScale] = useState<PngScale>(2);
  const close = () => {
    if (menu.current) menu.current.open = false;
  };
  const save = async (ending: string, make: () => Blob | Promise<Blob>) => {
    try {
      download(await make(), `${fileName}.${ending}`);
      close();
    } catch (error) {
      onError(error);
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return;
    close();
    menu.current?.querySelector('summary')?.focus();
  };
  const onBlur = (event: FocusEvent<HTMLElement>) => {
    if (event.relatedTarget && !event.currentTarget.contains(event.relatedTarget)) close();
  };
  if (disabled) return <Button disabled>{label}</Button>;
  return (
    <details ref={menu} className="menu" onKeyDown={onKeyDown} onBlur={onBlur}>
      <summary className="button button-plain">{label}</summary>
      <div className="menu-box">
        <Segmented
          label="PNG size"
          options={SCALE_OPTIONS}
          value={`${scale}`}
          onChange={(value) => setScale(PNG_SCALES.find((known) => `${known}` === value) ?? 2)}
        />
        <Button onClick={() => save('png', () => exportPng(makeSvg(), scale))}>Download PNG</Button>
        <Button onClick={() => save('svg', () => new Blob([makeSvg()], { type: 'image/svg+xml' }))}>
          Download SVG
        </Button>
        <Button onClick={() => save('json', () => new Blob([makeJson()], { type: 'application/json' }))}>
          Download JSON
        </Button>
        {makeCsv && (
          <Button onClick={() => save('csv', () => new Blob([makeCsv()], { type: 'text/csv' }))}>
            Download CSV
          </Button>
        )}
      </div>
    </details>
  );
}
