import { ENGINE_ABOUT, SOFTWARE_NOTE } from '../../core/benchmark/index.ts';
import type { AvailableEngine, EngineOffer, TimedEngineKey } from '../../core/engines/index.ts';

type TimedOffer = EngineOffer<TimedEngineKey>;

export function engineLabel(id: TimedEngineKey): string {
  return id === 'wasm-one-thread' ? 'wasm, 1 thread' : id;
}

/** Engines whose device says no more than their description. */
const PLAIN: readonly TimedEngineKey[] = ['wasm-one-thread', 'ort-wasm', 'reference'];

/** What an engine is, on what it runs here, and whether it is the one that scores models. */
export function engineAbout(
  { id, available, detail, isSoftware }: TimedOffer,
  scoring: AvailableEngine | undefined,
): string {
  const device = available ? (PLAIN.includes(id) ? [] : [detail]) : [`not here: ${detail}`];
  return [
    ENGINE_ABOUT[id],
    ...device,
    ...(isSoftware ? [SOFTWARE_NOTE] : []),
    ...(id === scoring ? ['scores the models'] : []),
  ].join(' · ');
}

/** What the scoring engine is compared with by default: what is slow, loads 27 MB first, or says little more is timed on request. */
const PEERS: readonly TimedEngineKey[] = ['webgpu', 'wasm', 'ort-wasm'];

/** Whether an engine is timed by default: the one that scores models always is, a software adapter else isn't: its times mislead. */
export function isTimedAtFirst(
  { id, available, isSoftware }: TimedOffer,
  scoring: AvailableEngine | undefined,
): boolean {
  return available && (id === scoring || (PEERS.includes(id) && !isSoftware));
}
