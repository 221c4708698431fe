// A scene as pixels where there is no canvas.
export { paintScene } from './paintScene.ts';
export type { Picture } from './pixels.ts';
