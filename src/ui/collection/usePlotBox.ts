import { useMemo, useRef } from 'react';
import { useViewportHeight, useWidth } from '../figure/useElementSize.ts';
import { plotBoxOf } from './PlotFrame.tsx';

/** The elements of a plot's frame, and their sizes in px: it is as wide as its container and as high as the window allows. */
export function usePlotBox() {
  const box = useRef<HTMLDivElement>(null);
  const part = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const height = Math.max(320, Math.min(900, useViewportHeight() - 320));
  const plot = useMemo(() => plotBoxOf(width, height), [width, height]);
  return { box, part, width, height, plot };
}
