// Records which engines computed a result.
import type { EngineId } from '../engines/index.ts';
import type { EngineUse, LayerResult, StackResult } from './result.ts';

/** Logs which engine scored which layer; rows name it only where another engine took over midway. */
export function createEngineLog() {
  /** The engine by stack, then by layer. */
  const scored = new Map<string, Map<number, EngineId>>();
  const used = () => new Set([...scored.values()].flatMap((layers) => [...layers.values()]));
  const withEngine = (stack: string, row: LayerResult): LayerResult => {
    const engine = scored.get(stack)?.get(row.layer);
    return engine === undefined ? row : { ...row, engine };
  };
  return {
    note(stack: string, layer: number, engine: EngineId): void {
      const layers = scored.get(stack) ?? new Map<number, EngineId>();
      scored.set(stack, layers.set(layer, engine));
    },
    /** Returns the stacks, their rows with their engines where there were several. */
    marked(stacks: readonly StackResult[]): readonly StackResult[] {
      if (used().size < 2) return stacks;
      return stacks.map((stack) => ({
        ...stack,
        layers: stack.layers.map((row) => withEngine(stack.name, row)),
      }));
    },
  };
}

/**
 * Returns one sentence for each stack whose layers several engines scored; none where the result's engine scored
 * all.
 */
export function engineNotes(stacks: readonly StackResult[], { reason }: EngineUse): string[] {
  const several = new Set(
    stacks.flatMap(({ layers }) => layers.flatMap(({ engine }) => (engine === undefined ? [] : [engine]))),
  );
  if (several.size < 2) return [];
  return stacks.map(({ name, layers }) => {
    const ofStack = stacks.length > 1 ? ` of ${name}` : '';
    return `Which engine scored which layers${ofStack}: ${runsOf(layers).join(', ')} (${reason}).`;
  });
}

/** "0 to 3 webgpu", in the layers' order. */
function runsOf(layers: readonly LayerResult[]): string[] {
  const runs: { engine: EngineId; from: number; to: number }[] = [];
  for (const { layer, engine } of layers) {
    if (engine === undefined) continue;
    const last = runs.at(-1);
    if (last?.engine === engine) last.to = layer;
    else runs.push({ engine, from: layer, to: layer });
  }
  return runs.map(({ engine, from, to }) => `${from === to ? from : `${from} to ${to}`} ${engine}`);
}
