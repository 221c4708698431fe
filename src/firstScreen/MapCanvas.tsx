// In the place of ui/heatmap/MapCanvas.tsx: a map is a scene like others.
export { SceneCanvas as MapCanvas } from './SceneCanvas.tsx';
