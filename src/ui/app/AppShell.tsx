import type { ReactNode } from 'react';

interface AppShellProps {
  /** The model input. */
  readonly picker: ReactNode;
  /** Right end of the head line: guide, settings, theme, export. */
  readonly tools: ReactNode;
  /** What the page is, for newcomers. */
  readonly intro: ReactNode;
  /** Metric, view, scores: one line above the maps. */
  readonly controls: ReactNode;
  /** Notices, legend, maps: the hero. */
  readonly figure: ReactNode;
  readonly side: ReactNode;
  /** Stands in the place of all that is about one model or two. */
  readonly instead: ReactNode;
  /** Tabs with one panel. */
  readonly panel: ReactNode;
  readonly status: ReactNode;
  /** Moves the focus to the map. */
  readonly onSkip: () => void;
}

/** The page: head line, heatmaps beside the head panel, one panel under them or on wide screens between them, the status line. */
export function AppShell(props: AppShellProps) {
  const { picker, tools, intro, controls, figure, side, panel, status, instead, onSkip } = props;
  return (
    <div className="frame">
      <button type="button" className="skip-link" onClick={onSkip}>
        Skip to the map
      </button>
      <header className="frame-head">
        <h1 className="wordmark">QKScope</h1>
        <div className="frame-picker">{picker}</div>
        <div className="frame-tools">{tools}</div>
      </header>
      {instead ? (
        <main>{instead}</main>
      ) : (
        <main className="frame-main">
          {intro}
          <div className="frame-figure">
            <div className="toolbar">{controls}</div>
            {figure}
          </div>
          <aside className="frame-side" aria-label="Head">
            {side}
          </aside>
          <div className="frame-panel">{panel}</div>
        </main>
      )}
      <footer className="frame-status">{status}</footer>
    </div>
  );
}
