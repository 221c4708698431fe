import { ProtobufWriter } from '../../src/core/engines/ort/protobuf.ts';

export interface OnnxNodeSpec {
  readonly name: string;
  readonly op: string;
  readonly domain: string;
  readonly inputs?: readonly string[];
}

/** A model of these nodes; field numbers of onnx.proto3. */
export function onnxModel(
  nodes: readonly OnnxNodeSpec[],
  initializers: readonly ProtobufWriter[] = [],
): Uint8Array {
  const graph = new ProtobufWriter();
  for (const { name, op, domain, inputs = [] } of nodes) {
    const node = new ProtobufWriter();
    for (const input of inputs) node.text(1, input);
    graph.message(1, node.text(2, `${name}_output`).text(3, name).text(4, op).text(7, domain));
  }
  for (const initializer of initializers) graph.message(5, initializer);
  return new ProtobufWriter().varint(1, 8).message(7, graph).finish();
}

/** One q_proj whose folded weight lies in another file. */
export function externalOnnx({
  location,
  offset,
  dims,
}: {
  readonly location: string;
  readonly offset: number;
  readonly dims: readonly number[];
}): Uint8Array {
  const tensor = new ProtobufWriter();
  for (const size of dims) tensor.varint(1, size);
  tensor.varint(2, 1).text(8, 'onnx::MatMul_7');
  for (const [key, value] of [
    ['location', location],
    ['offset', String(offset)],
  ] as const)
    tensor.message(13, new ProtobufWriter().text(1, key).text(2, value));
  tensor.varint(14, 1);
  const name = '/model/layers.0/self_attn/q_proj/MatMul';
  return onnxModel([{ name, op: 'MatMul', domain: '', inputs: ['x', 'onnx::MatMul_7'] }], [tensor]);
}
