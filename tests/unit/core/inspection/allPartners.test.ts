import { describe, expect, it } from 'vitest';
import type { Engine } from '../../../../src/core/engines/engine.ts';
import { createReferenceEngine } from '../../../../src/core/engines/reference/referenceEngine.ts';
import { allPartners, type PartnersEvent } from '../../../../src/core/inspection/allPartners.ts';
import { headDetail } from '../../../../src/core/inspection/headDetail.ts';
import { inspectModel } from '../../../../src/core/inspection/inspectedModel.ts';
import { createLocalRepo } from '../../../../src/core/repos/localRepo.ts';
import { explicitM, normByDefinition } from '../../../support/explicitM.ts';
import { caseFiles } from '../../../support/oracle.ts';
import { readLayers } from '../../../support/readLayers.ts';

const CASE = 'llama-gqa-bf16';
const reference = createReferenceEngine();
const PLACE = { stack: 'self', layer: 1 };
const { signal } = new AbortController();

const open = () =>
  inspectModel(
    createLocalRepo(caseFiles(CASE)),
    { known: { sha: null, fingerprint: null } },
    (bytes) => new Uint8Array(bytes),
    signal,
  );

async function eventsOf(events: AsyncGenerator<PartnersEvent>): Promise<PartnersEvent[]> {
  const told: PartnersEvent[] = [];
  for await (const event of events) told.push(event);
  return told;
}

describe('all pairs of a layer', () => {
  it('are tr(M_g M_h) of M formed, reported in pieces and cached for the layer’s other heads', async () => {
    const model = await open();
    const events = await eventsOf(allPartners(model, PLACE, { engine: reference, reference }, signal));
    const fractions = events.flatMap((event) => (event.type === 'progress' ? [event.fraction] : []));
    // 8 heads have 36 pairs: 16 at once.
    expect(fractions).toEqual([16 / 36, 32 / 36, 1]);
    const done = events.at(-1)!;
    if (done.type !== 'done') throw new Error('It never ended.');
    const { heads, inner, normalised, isWhole } = done.partners;
    expect([heads, isWhole, done.engine]).toEqual([8, true, 'reference']);
    const weights = (await readLayers(caseFiles(CASE))).find(({ layer }) => layer === 1)!;
    const all = weights.q.map((_, head) => explicitM(weights, [head]));
    for (let g = 0; g < heads; g++)
      for (let h = 0; h < heads; h++) {
        const want = all[g]!.reduce(
          (sum, row, i) => sum + row.reduce((part, value, j) => part + value * all[h]![j]![i]!, 0),
          0,
        );
        const size = normByDefinition(all[g]!) * normByDefinition(all[h]!);
        expect(Math.abs(inner[g * heads + h]! - want)).toBeLessThanOrEqual(1e-10 * size);
        expect(Math.abs(normalised[g * heads + h]! - want / size)).toBeLessThanOrEqual(1e-10);
      }
    let shown = null;
    for await (const detail of headDetail(
      model,
      { ...PLACE, head: 5 },
      { engine: reference, reference },
      signal,
    ))
      shown = detail.partners;
    expect(shown).toBe(done.partners);
    const again = await eventsOf(allPartners(model, PLACE, { engine: reference, reference }, signal));
    expect(again).toEqual([done]);
  });

  it('stop when cancelled', async () => {
    const model = await open();
    const controller = new AbortController();
    const events = allPartners(model, PLACE, { engine: reference, reference }, controller.signal);
    await events.next();
    controller.abort();
    await expect(events.next()).rejects.toBe(controller.signal.reason);
    expect(model.partners.size).toBe(0);
  });

  it('are all the reference’s where the engine fails', async () => {
    let calls = 0;
    const faulty: Engine = {
      ...reference,
      id: 'webgpu',
      moments(...args) {
        if (++calls > 1) return Promise.reject(new Error('lost'));
        return reference.moments(...args);
      },
    };
    const model = await open();
    const events = await eventsOf(allPartners(model, PLACE, { engine: faulty, reference }, signal));
    expect(events.at(-1)).toMatchObject({ type: 'done', engine: 'reference', partners: { isWhole: true } });
    expect(calls).toBe(2);
    // Nobody is told that the engine which failed had computed them.
    expect([...model.partners.keys()]).toEqual(['reference self 1']);
  });
});
