import { printable } from '../../printable.ts';
import type { OnnxGraph, OnnxInitializer, OnnxNode } from './graph.ts';

/** A weight under the name that its module had before the export. */
export interface TracedWeight {
  readonly name: string;
  readonly initializer: OnnxInitializer;
  /** True where the file holds it transposed against the module's own [out, in]. */
  readonly isTransposed: boolean;
}

/** GPT-2's Conv1D modules keep [in, out] themselves: what the graph multiplies with is the parameter as it is. */
const CONV1D = /\.(?:c_attn|c_proj|c_fc|q_attn)$/;
/** Products of activations with a weight. */
const PRODUCTS: ReadonlySet<string> = new Set(['MatMul', 'Gemm']);

/**
 * Module paths from the names of nodes: torch.onnx names them after the module that made them,
 * "/encoder/layer.0/attention/self/query/MatMul", while constant folding takes the weight's own name and stores it
 * transposed ("onnx::MatMul_123"). A weight that kept its name is that parameter.
 */
export function traceWeights({ nodes, initializers }: OnnxGraph): TracedWeight[] {
  const transposes = new Map(
    nodes
      .filter(({ op, inputs }) => op === 'Transpose' && initializers.has(inputs[0] ?? ''))
      .map(({ inputs, outputs }) => [outputs[0] ?? '', inputs[0]!]),
  );
  // Multiplied from the right as it is stored: [in, out].
  const direct = new Set(
    nodes
      .filter((node) => PRODUCTS.has(node.op) && node.ints.get('transB')?.[0] !== 1)
      .map(({ inputs }) => inputs[1]),
  );
  const traced = new Map<string, TracedWeight>();
  for (const initializer of initializers.values()) {
    if (!/\.weight$/.test(initializer.name) || initializer.dims.length !== 2) continue;
    const name = bare(initializer.name);
    const isConv1d = CONV1D.test(name.replace(/\.weight$/, ''));
    traced.set(name, { name, initializer, isTransposed: direct.has(initializer.name) && !isConv1d });
  }
  for (const node of nodes) {
    const path = PRODUCTS.has(node.op) ? modulePathOf(node) : null;
    if (path === null) continue;
    const operand = node.inputs[1] ?? '';
    const initializer = initializers.get(transposes.get(operand) ?? operand);
    const name = `${path}.weight`;
    if (initializer?.dims.length !== 2 || traced.has(name)) continue;
    // Behind a Transpose, or with transB, the file has the module's own [out, in].
    const isDirect = direct.has(operand) && !transposes.has(operand);
    traced.set(name, { name, initializer, isTransposed: isDirect && !CONV1D.test(path) });
  }
  return [...traced.values()];
}

/**
 * "encoder.layer.0.attention.self.query" of "/encoder/layer.0/attention/self/query/MatMul"; null where a name tells
 * nothing.
 */
function modulePathOf({ name }: OnnxNode): string | null {
  if (!name.startsWith('/')) return null;
  const parts = name.split('/').slice(1, -1);
  // torch.onnx repeats a list's name before its index: "/layer/layer.0/…" is layer.0.
  const path = parts.filter((part, at) => !(parts[at + 1] ?? '').startsWith(`${part}.`));
  return path.length === 0 ? null : path.join('.');
}

function bare(name: string): string {
  return name.replace(/^\//, '');
}

/** Why nothing could be traced, in the words of what stands in the graph instead. */
export function whyUntraced({ nodes }: OnnxGraph): string {
  const ops = new Set(nodes.map(({ op, domain }) => (domain === '' ? op : `${domain}.${op}`)));
  const has = (pattern: RegExp) => [...ops].find((op) => pattern.test(op));
  const fused = has(/Attention$/);
  const packed = has(/MatMulNBits|MatMulInteger|QLinearMatMul|DynamicQuantizeMatMul|DequantizeLinear/);
  if (packed !== undefined) return `its weights are quantised and packed (${printable(packed)})`;
  if (fused !== undefined) return `its attention is fused into one operator (${printable(fused)})`;
  return 'the names of its nodes don’t say which weights are queries and keys';
}
