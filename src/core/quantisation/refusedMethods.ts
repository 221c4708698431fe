import type { StoredModule } from './storedModule.ts';

/** Methods that are told apart by what they store, and not decoded: each needs kernels or tables of its own. */
const SIGNS: readonly (readonly [part: RegExp, name: string])[] = [
  [/^(?:codes|codebooks)$/, 'AQLM'],
  [/^(?:indices|centroids|res_centroids)$/, 'VPTQ'],
  [/^W_q$/, 'HQQ'],
  [/^weight\._data$/, 'quanto or torchao'],
  [/^weight_scales$/, 'EETQ'],
  [/^(?:B|s)$/, 'Marlin'],
  [/^(?:blocks|weight_blocks)$/, 'MXFP4'],
  [/^weight_global_scale$/, 'NVFP4'],
  [/^(?:trellis|SU|SV)$/, 'QTIP or EXL3'],
  [/^q_weight$/, 'EXL2'],
];

/** The method's name, by the parts or by config.json; null where neither tells. */
export function refusedMethod({ parts, config }: StoredModule): string | null {
  for (const part of parts.keys()) {
    const sign = SIGNS.find(([pattern]) => pattern.test(part));
    if (sign !== undefined) return sign[1];
  }
  return typeof config.quant_method === 'string' ? config.quant_method : null;
}
