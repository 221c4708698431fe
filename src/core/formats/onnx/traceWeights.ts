// Recovers from an exported graph which module each weight belonged to.
import { printable } from '../../printable.ts';
import type { OnnxGraph, OnnxInitializer, OnnxNode } from './graph.ts';

/** A weight under the name that its module had before the export. */
export interface TracedWeight {
  readonly name: string;
  readonly initializer: OnnxInitializer;
  /** True where the file stores it transposed relative to the module's [out, in]. */
  readonly isTransposed: boolean;
}

/** GPT-2's Conv1D modules store [in, out] themselves, so the matrix in the graph is the parameter unchanged. */
const CONV1D = /\.(?:c_attn|c_proj|c_fc|q_attn)$/;
/** The operators that multiply activations by a weight. */
const PRODUCTS: ReadonlySet<string> = new Set(['MatMul', 'Gemm']);

/**
 * Derives module paths from the names of nodes. torch.onnx names a node after the module that made it,
 * "/encoder/layer.0/attention/self/query/MatMul", while constant folding replaces the weight's name and stores it
 * transposed ("onnx::MatMul_123"). A weight that kept its name is the parameter of that name.
 */
export function traceWeights({ nodes, initializers }: OnnxGraph): TracedWeight[] {
  const transposes = new Map(
    nodes
      .filter(({ op, inputs }) => op === 'Transpose' && initializers.has(inputs[0] ?? ''))
      .map(({ inputs, outputs }) => [outputs[0] ?? '', inputs[0]!]),
  );
  // The activations are multiplied by it from the right, as it is stored: [in, out].
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
    // Behind a Transpose, or with transB, the file has the module's [out, in].
    const isDirect = direct.has(operand) && !transposes.has(operand);
    traced.set(name, { name, initializer, isTransposed: isDirect && !CONV1D.test(path) });
  }
  return [...traced.values()];
}

/**
 * Returns "encoder.layer.0.attention.self.query" for "/encoder/layer.0/attention/self/query/MatMul"; null where the
 * name holds no module path.
 */
function modulePathOf({ name }: OnnxNode): string | null {
  if (!name.startsWith('/')) return null;
  const parts = name.split('/').slice(1, -1);
  // torch.onnx repeats a list's name before its index: "/layer/layer.0/…" means layer.0.
  const path = parts.filter((part, at) => !(parts[at + 1] ?? '').startsWith(`${part}.`));
  return path.length === 0 ? null : path.join('.');
}

function bare(name: string): string {
  return name.replace(/^\//, '');
}

/** Says why no weight could be traced, by what the graph contains instead. */
export function whyUntraced({ nodes }: OnnxGraph): string {
  const ops = new Set(nodes.map(({ op, domain }) => (domain === '' ? op : `${domain}.${op}`)));
  const has = (pattern: RegExp) => [...ops].find((op) => pattern.test(op));
  const fused = has(/Attention$/);
  const packed = has(/MatMulNBits|MatMulInteger|QLinearMatMul|DynamicQuantizeMatMul|DequantizeLinear/);
  if (packed !== undefined) return `its weights are quantised and packed (${printable(packed)})`;
  if (fused !== undefined) return `its attention is fused into one operator (${printable(fused)})`;
  return 'the names of its nodes don’t say which weights are queries and keys';
}
