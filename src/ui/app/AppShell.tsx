import type { ReactNode } from 'react';

interface AppShellProps {
  /** The model input and the chips. */
  readonly picker: ReactNode;
  /** Right end of the head line: theme, export. */
  readonly tools: ReactNode;
  /** Metric, scale: one quiet line above the maps. */
  readonly controls: ReactNode;
  /** Notices, maps, legend: the hero. */
  readonly figure: ReactNode;
  readonly side: ReactNode;
  /** Tabs with one panel. */
  readonly panel: ReactNode;
  readonly status: ReactNode;
}

/** The page: head line, heatmaps beside the head panel, one panel under them, the status line. */
export function AppShell({ picker, tools, controls, figure, side, panel, status }: AppShellProps) {
  return (
    <div className="frame">
      <header className="frame-head">
        <h1 className="wordmark">QKScope</h1>
        <div className="frame-picker">{picker}</div>
        <div className="frame-tools">{tools}</div>
      </header>
      <main className="frame-main">
        <div className="frame-figure">
          <div className="frame-controls">{controls}</div>
          {figure}
        </div>
        <aside className="frame-side" aria-label="Head">
          {side}
        </aside>
        <div className="frame-panel">{panel}</div>
      </main>
      <footer className="frame-status">{status}</footer>
    </div>
  );
}
