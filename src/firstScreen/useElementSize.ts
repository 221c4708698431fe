// In the place of ui/figure/useElementSize.ts: sizes as the stage has them.
import { stage } from './stage.ts';

export const useWidth = (): number => stage.width;
export const usePixelRatio = (): number => 1;
/** The sample's few layers are never as high as a window. */
export const useViewportHeight = (): number => 1080;
