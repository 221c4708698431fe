import type { ReactNode, RefObject } from 'react';
import { Button } from '../widgets/Button.tsx';
import type { PlotBox, Tick } from './modelPoints.ts';
import type { PanZoom } from './usePanZoom.ts';

interface PlotFrameProps {
  readonly box: RefObject<HTMLDivElement | null>;
  /** The part with points, which stays where it is while the picture in it moves. */
  readonly part: RefObject<HTMLDivElement | null>;
  /** Of the whole figure and of the part with points, px. */
  readonly size: { readonly width: number; readonly height: number };
  readonly plot: PlotBox;
  readonly label: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly xTicks: readonly Tick[];
  readonly yTicks: readonly Tick[];
  readonly panZoom: PanZoom;
  /** The canvas, and what marks points on it. */
  readonly children: ReactNode;
}

/** Room for the buttons above the points and the axes' words, px. */
const ROOM = { left: 56, right: 12, top: 44, bottom: 42 };

export function plotBoxOf(width: number, height: number): PlotBox {
  return { left: ROOM.left, right: width - ROOM.right, top: ROOM.top, bottom: height - ROOM.bottom };
}

/** A plot with its axes: the points are a picture, which the list beside it tells in words. */
export function PlotFrame(props: PlotFrameProps) {
  const { box, part, size, plot, label, xLabel, yLabel, xTicks, yTicks, panZoom, children } = props;
  const { left, right, top, bottom } = plot;
  const isWithin = (at: number, from: number, to: number) => at >= from - 0.5 && at <= to + 0.5;
  return (
    <figure className="plot" aria-label={label}>
      <div ref={box} className="plot-box" style={{ height: size.height }}>
        {size.width > 0 && (
          <>
            <div
              ref={part}
              className="plot-points"
              aria-hidden="true"
              style={{ left, top, width: Math.max(0, right - left), height: bottom - top }}
            >
              {children}
            </div>
            <svg className="plot-axes" width={size.width} height={size.height} aria-hidden="true">
              <path d={`M${left} ${top}V${bottom}H${right}`} />
              {spaced(
                xTicks.filter(({ at }) => isWithin(at, left, right)),
                64,
              ).map((tick) => (
                <text key={tick.label + tick.at} x={tick.at} y={bottom + 16} textAnchor="middle">
                  {tick.label}
                </text>
              ))}
              {spaced(
                yTicks.filter(({ at }) => isWithin(at, top, bottom)),
                18,
              ).map((tick) => (
                <text key={tick.label + tick.at} x={left - 8} y={tick.at + 4} textAnchor="end">
                  {tick.label}
                </text>
              ))}
              <text className="plot-name" x={(left + right) / 2} y={bottom + 34} textAnchor="middle">
                {xLabel}
              </text>
              <text
                className="plot-name"
                transform={`translate(12 ${(top + bottom) / 2}) rotate(-90)`}
                textAnchor="middle"
              >
                {yLabel}
              </text>
            </svg>
          </>
        )}
      </div>
      <div className="plot-buttons">
        <Button
          className="button-sign"
          aria-label="Enlarge"
          title="Enlarge"
          onClick={() => panZoom.enlarge(2)}
        >
          +
        </Button>
        <Button
          className="button-sign"
          aria-label="Make smaller"
          title="Make smaller"
          onClick={() => panZoom.enlarge(0.5)}
        >
          −
        </Button>
        <Button kind="quiet" disabled={panZoom.transform.k === 1} onClick={panZoom.reset}>
          Show all
        </Button>
      </div>
    </figure>
  );
}

/** Ticks whose words don't touch. */
function spaced(ticks: readonly Tick[], room: number): Tick[] {
  const kept: Tick[] = [];
  for (const tick of [...ticks].sort((a, b) => a.at - b.at))
    if (kept.length === 0 || tick.at - kept.at(-1)!.at >= Math.max(room, tick.label.length * 7))
      kept.push(tick);
  return kept;
}
