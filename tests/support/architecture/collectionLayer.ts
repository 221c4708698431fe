import type { Room } from './room.ts';

/** The room of many models' results; the layers of the house have it among them (layers.ts). */
export const COLLECTION: Room = {
  purpose: 'many models’ results as columns: a folder of JSON files, or a Parquet file',
  uses: [
    'core',
    'core/linalg',
    'core/metrics',
    'core/repos',
    'core/weights',
    'core/engines',
    'core/result',
    'core/embedded',
  ],
  packages: ['hyparquet'],
  hasDoor: true,
};
