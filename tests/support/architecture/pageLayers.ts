import type { Room } from './room.ts';

/** What any part of the page may show: a part has no business with bytes, formats or the worker. */
export const PAGE = [
  'core',
  'core/linalg',
  'core/metrics',
  'core/repos',
  'core/architectures',
  'core/weights',
  'core/engines',
  'core/result',
  'core/analysis',
  'core/inspection',
  'core/benchmark',
  'core/notebook',
  'core/published',
  'core/userScores',
  'core/embedded',
  'core/collection',
  'core/series',
  'figures',
  'state',
  'ui',
];
export const PAGE_PACKAGES = ['react', 'react-dom', 'd3'];

/** The parts of the page, each with the parts that it may use. */
export const PAGE_LAYERS: Readonly<Record<string, Room>> = {
  ui: {
    purpose:
      'what every part of the page reads: the context with store and actions, the models as figures see them',
    uses: ['figures', 'state'],
    packages: ['react', 'zustand'],
  },
  'ui/widgets': {
    purpose: 'buttons, tabs, dialogs and what else has no subject of its own',
    uses: [...PAGE],
    packages: PAGE_PACKAGES,
  },
  'ui/figure': {
    purpose: 'a scene on a canvas, its size, theme and hit regions: what all figures share',
    uses: [...PAGE],
    packages: PAGE_PACKAGES,
  },
  'ui/heatmap': {
    purpose: 'the map of heads: cells, keys, zoom, tips',
    uses: [...PAGE, 'ui/figure', 'ui/widgets'],
    packages: PAGE_PACKAGES,
  },
  'ui/export': {
    purpose: 'the result and the figures as files',
    uses: [...PAGE, 'ui/figure', 'ui/widgets'],
    packages: [...PAGE_PACKAGES, 'virtual:map-file', 'uqr'],
  },
  'ui/guide': {
    purpose: 'the guide: what symmetry means, to play with',
    uses: [...PAGE, 'ui/figure', 'ui/heatmap', 'ui/widgets'],
    packages: PAGE_PACKAGES,
  },
  'ui/hub': {
    purpose: 'token, sign-in and what is kept of the hub in this browser',
    uses: [...PAGE, 'ui/widgets'],
    packages: PAGE_PACKAGES,
  },
  'ui/layerMetrics': {
    purpose: 'whole layers: asked for and measured',
    uses: [...PAGE, 'ui/widgets', 'ui/heatmap'],
    packages: PAGE_PACKAGES,
  },
  'ui/conventions': {
    purpose: 'norm folded in, rotary positions: which form of M is scored',
    uses: [...PAGE, 'ui/widgets'],
    packages: PAGE_PACKAGES,
  },
  'ui/table': {
    purpose: 'the scores as a table',
    uses: [...PAGE, 'ui/figure', 'ui/widgets'],
    packages: PAGE_PACKAGES,
  },
  'ui/scatter': {
    purpose: 'one metric against another',
    uses: [...PAGE, 'ui/figure'],
    packages: PAGE_PACKAGES,
  },
  'ui/distribution': {
    purpose: 'where the scores lie, beside the published models',
    uses: [...PAGE, 'ui/figure', 'ui/widgets'],
    packages: PAGE_PACKAGES,
  },
  'ui/status': {
    purpose: 'the line at the foot: which engine, what was read; what the page is',
    uses: [...PAGE, 'ui/widgets'],
    packages: PAGE_PACKAGES,
  },
  'ui/settings': {
    purpose: 'engine and browser settings',
    uses: [...PAGE, 'ui/hub', 'ui/widgets'],
    packages: PAGE_PACKAGES,
  },
  'ui/head': {
    purpose: 'one head in detail',
    uses: [...PAGE, 'ui/export', 'ui/figure', 'ui/heatmap', 'ui/widgets'],
    packages: PAGE_PACKAGES,
  },
  'ui/models': {
    purpose: 'each open model: state, progress, notes, maps',
    uses: [...PAGE, 'ui/figure', 'ui/heatmap', 'ui/hub', 'ui/layerMetrics', 'ui/widgets'],
    packages: PAGE_PACKAGES,
  },
  'ui/picker': {
    purpose: 'opening: ids, files, questions about heads and tensors',
    uses: [...PAGE, 'ui/hub', 'ui/models', 'ui/widgets'],
    packages: PAGE_PACKAGES,
  },
  'ui/compare': {
    purpose: 'two models side by side',
    uses: [...PAGE, 'ui/export', 'ui/figure', 'ui/heatmap', 'ui/picker', 'ui/table', 'ui/widgets'],
    packages: PAGE_PACKAGES,
  },
  'ui/collection': {
    purpose: 'many models as a gallery: small maps, a point a model, a point a head',
    uses: [...PAGE, 'ui/figure', 'ui/heatmap', 'ui/widgets'],
    packages: PAGE_PACKAGES,
  },
  'ui/embed': {
    purpose: 'the map alone, in a frame of another page, and its messages to that page',
    uses: [...PAGE, 'ui/figure', 'ui/heatmap', 'ui/models', 'ui/widgets'],
    packages: [...PAGE_PACKAGES, 'zustand'],
  },
  'ui/series': {
    purpose: 'checkpoints of a training run as one picture',
    uses: [...PAGE, 'ui/export', 'ui/figure', 'ui/widgets'],
    packages: PAGE_PACKAGES,
  },
  'ui/timing': {
    purpose: 'the timing comparison and its sweep',
    uses: [...PAGE, 'ui/export', 'ui/figure', 'ui/widgets'],
    packages: PAGE_PACKAGES,
  },
  'ui/app': {
    purpose: 'the page: header, maps, tabs, and what is loaded when',
    uses: [
      ...PAGE,
      'ui/widgets',
      'ui/figure',
      'ui/heatmap',
      'ui/export',
      'ui/guide',
      'ui/layerMetrics',
      'ui/conventions',
      'ui/table',
      'ui/scatter',
      'ui/distribution',
      'ui/status',
      'ui/settings',
      'ui/head',
      'ui/models',
      'ui/picker',
      'ui/compare',
      'ui/series',
      'ui/timing',
      'ui/collection',
    ],
    packages: PAGE_PACKAGES,
  },
};
