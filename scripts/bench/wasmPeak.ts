import {
  type Code,
  createModule,
  f32x4,
  i32,
  repeatWhile,
  v128,
} from '../../src/core/engines/wasm/assembler.ts';
import { hasFusedMultiplyAdd } from '../../src/core/engines/wasm/kernelModule.ts';

const CHAINS = 10;
const ROUNDS = 7;
const STEPS = 2_000_000;

/** What the machine gives a kernel at most: multiply-adds of 4 × float32 in registers alone, one thread, 10⁹ operations a second. */
export interface WasmPeak {
  readonly plain: number;
  /** null where WebAssembly has no relaxed multiply-add. */
  readonly fused: number | null;
}

/** The best of seven rounds, plain and fused in turns. */
export function measureWasmPeak(): WasmPeak {
  const plain = kernel((a, b, c) => f32x4.add(c, f32x4.mul(a, b)));
  const fused = hasFusedMultiplyAdd() ? kernel(f32x4.relaxedMadd) : null;
  let [best, bestFused] = [0, 0];
  for (let round = 0; round < ROUNDS; round++) {
    best = Math.max(best, rate(plain));
    if (fused !== null) bestFused = Math.max(bestFused, rate(fused));
  }
  return { plain: best, fused: fused === null ? null : bestFused };
}

function rate(run: (steps: number) => void): number {
  const start = performance.now();
  run(STEPS);
  return (STEPS * CHAINS * 8) / (performance.now() - start) / 1e6;
}

function kernel(multiplyAdd: (a: Code, b: Code, c: Code) => Code): (steps: number) => void {
  const module = createModule();
  const run = module.define('run', ['i32'], 'v128', (scope, steps) => {
    const sums = scope.locals('v128', CHAINS);
    const { x, y } = scope.named('v128', 'x', 'y');
    return [
      ...x.set(v128.words(0x3f7fffff)),
      ...y.set(v128.words(0x33800000)),
      ...repeatWhile(
        [
          ...sums.flatMap((sum) => sum.set(multiplyAdd(x.get, sum.get, y.get))),
          ...steps.set(i32.sub(steps.get, i32.const(1))),
        ],
        steps.get,
      ),
      ...sums.slice(1).reduce((code: Code, sum) => f32x4.add(code, sum.get), sums[0]!.get),
    ];
  });
  module.define('main', ['i32'], null, (scope, steps) => {
    const { ignored } = scope.named('v128', 'ignored');
    // A vector can't cross into JavaScript.
    return ignored.set(run.call(steps.get));
  });
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
  const bytes = module.finish({ shared: false, maximumPages: 1 });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  return instance.exports.main as (steps: number) => void;
}
