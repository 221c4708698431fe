import { describe, expect, it } from 'vitest';
import { planAnalysis } from '../../../../src/core/analysis/plan.ts';
import { createLocalRepo } from '../../../../src/core/repos/localRepo.ts';
import { configOf, jsonFile, madeLlama, safetensorsOf } from '../../../support/sliceFiles.ts';

const model = madeLlama(41, 4, 2);

async function fingerprintWith(sidecar: unknown, config: Record<string, unknown> = {}) {
  const answer = await planAnalysis(
    createLocalRepo([
      safetensorsOf('model.safetensors', model.tensors),
      jsonFile('config.json', { ...configOf(model), ...config }),
      ...(sidecar === null ? [] : [jsonFile('quantize_config.json', sidecar)]),
    ]),
  );
  if (answer.kind !== 'plan') throw new Error(answer.question.why);
  return answer.plan.model.fingerprint;
}

describe('the fingerprint of a model', () => {
  it('is the same for the same files', async () => {
    const told = { bits: 4, group_size: 128 };
    expect(await fingerprintWith(told)).toBe(await fingerprintWith(told));
  });

  it('differs when a sidecar gives another quantisation of the same integers', async () => {
    const all = await Promise.all([
      fingerprintWith(null),
      fingerprintWith({ bits: 4, group_size: 128 }),
      fingerprintWith({ bits: 4, group_size: 64 }),
      fingerprintWith(null, { quantization_config: { modules_to_not_convert: ['x'] } }),
    ]);
    expect(new Set(all).size).toBe(4);
  });
});
