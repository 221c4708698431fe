// The sentences of the timing panel.
import { foreseePlan, formatWait, type LeftOutRow, roughGflops } from '../../core/benchmark/index.ts';
import type { ScopeName } from '../../core/result/index.ts';
import { unique } from '../../core/unique.ts';
import { engineLabel } from './engineChoice.ts';
import type { TimedModel, TimingChoice } from './useTimingChoice.ts';

export const SCOPE_LABELS: Readonly<Record<ScopeName, string>> = {
  head: 'one head',
  layer: 'one layer',
  all: 'all layers',
};

const list = new Intl.ListFormat('en', { type: 'conjunction' });

/** "Times norm and trace on one head and one layer of gpt2, on wasm and ort-wasm: about 10 s, at most 30 s." */
export function planText({ run, timed, shape }: TimingChoice, model: TimedModel | null): string {
  if (run.scopes.length === 0 || timed.length === 0) return 'Choose a scope and an engine in Details.';
  const what = list.format(run.scopes.map((scope) => SCOPE_LABELS[scope]));
  const whose = run.synthetic === undefined && model !== null ? model.name : 'made-up weights';
  // "wasm, 1 thread" would be two in a list.
  const where = list.format(timed.map(({ id }) => engineLabel(id).replace(', ', ' on ')));
  const engines = timed.map((offer) => ({ id: offer.id, gflops: roughGflops(offer) }));
  const { ms } = foreseePlan({ shape, scopes: run.scopes, engines, limitMs: run.limitMs });
  const most = run.limitMs === undefined ? '' : `, at most ${formatWait(run.limitMs)}`;
  const again = run.synthetic === undefined && model?.readNote ? ` ${model.readNote}` : '';
  const about = `about ${formatWait(roundedUp(ms))}${most}`.replaceAll(NUMBER_AND_UNIT, '$1\u00a0');
  return `Times norm and trace on ${what} of ${whose}, on ${where}: ${about}.${again}`;
}

/** A number, which stays on the line of its unit. */
const NUMBER_AND_UNIT = /(\d) /g;

/** A wait of seconds in steps of 5 s: nothing is known of this machine yet. */
function roundedUp(ms: number): number {
  return ms < 60_000 ? 5000 * Math.ceil(ms / 5000) : ms;
}

/** "norm over one layer on wasm, 2 threads; ort-wasm" */
export function leftOutText(rows: readonly LeftOutRow[], kept: readonly LeftOutRow[]): string {
  const parts = unique(rows.map(({ engine }) => engine)).map((engine) => {
    if (!kept.some((row) => row.engine === engine)) return engine;
    const ofEngine = rows.filter((row) => row.engine === engine);
    const scopes = unique(ofEngine.map(({ scope }) => scope)).map((scope) => {
      const hasOthers = kept.some((row) => row.engine === engine && row.scope === scope);
      const methods = ofEngine.filter((row) => row.scope === scope).map(({ method }) => method);
      return hasOthers ? `${list.format(methods)} over ${SCOPE_LABELS[scope]}` : SCOPE_LABELS[scope];
    });
    return `${list.format(scopes)} on ${engine}`;
  });
  return parts.join('; ');
}
