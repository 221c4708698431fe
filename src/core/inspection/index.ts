// The room for a closer look: one head in detail, its partners, and the metrics of whole layers.
export { allPartners, type PartnersEvent } from './allPartners.ts';
export {
  type Complex,
  type DetailMoments,
  type DetailTensor,
  type HeadDetail,
  type HeadPlace,
  headDetail,
  type Partners,
  type SpectrumPValue,
} from './headDetail.ts';
export { type InspectedModel, inspectModel, type KnownModel } from './inspectedModel.ts';
export {
  computeLayerMetrics,
  type LayerMetric,
  type LayerMetricEvent,
  type LayerMetricValues,
} from './layerMetrics.ts';
export { mergeLayerMetrics } from './mergeLayerMetrics.ts';
