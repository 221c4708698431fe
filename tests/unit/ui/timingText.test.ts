import { describe, expect, it } from 'vitest';
import type { LeftOutRow } from '../../../src/core/benchmark/index.ts';
import { leftOutText } from '../../../src/ui/timing/timingText.ts';

function row(name: string): LeftOutRow {
  const [engine, method, scope] = name.split(' ') as [string, LeftOutRow['method'], LeftOutRow['scope']];
  return { engine, method, scope };
}

describe('what was left out of a comparison', () => {
  it('is said by method, by scope, or by engine, whichever is the whole of it', () => {
    const kept = ['wasm norm head', 'wasm trace head', 'wasm trace-heads layer', 'ort norm head'].map(row);
    const said = (...left: string[]) => leftOutText(left.map(row), kept);
    expect(said('wasm norm layer')).toBe('norm over one layer on wasm');
    expect(said('wasm norm layer', 'wasm trace-loop layer')).toBe(
      'norm and trace-loop over one layer on wasm',
    );
    expect(said('ort trace-heads layer', 'ort norm layer')).toBe('one layer on ort');
    expect(said('webgpu norm head', 'webgpu trace head')).toBe('webgpu');
    expect(said('wasm norm layer', 'webgpu norm head')).toBe('norm over one layer on wasm; webgpu');
    expect(said('wasm norm layer', 'wasm norm all')).toBe('norm over one layer and all layers on wasm');
  });
});
