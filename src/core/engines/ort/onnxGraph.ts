// Encodes a graph as an ONNX model.
import { ProtobufWriter } from './protobuf.ts';

/** One operation. Attributes are whole numbers or lists of them, which is all that our graphs need. */
export interface OnnxNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, number | readonly number[]>>;
  /** "com.microsoft" for onnxruntime's own operations; by default ONNX's own. */
  readonly domain?: string;
}

/** Float32 tensors of this rank, of any size: dimensions are symbolic. */
export interface OnnxPort {
  readonly name: string;
  readonly rank: number;
}

export interface OnnxGraph {
  readonly inputs: readonly OnnxPort[];
  readonly outputs: readonly OnnxPort[];
  readonly nodes: readonly OnnxNode[];
  /** Small int64 constants: shapes and axes. */
  readonly constants: Readonly<Record<string, readonly number[]>>;
}

const IR_VERSION = 8;
const OPSET = 17;
const FLOAT = 1;
const INT64 = 7;
const ATTRIBUTE_INT = 2;
const ATTRIBUTE_INTS = 7;

/**
 * Encodes a graph as the bytes of an ONNX file. Field numbers: onnx.proto3 of github.com/onnx/onnx (ModelProto,
 * GraphProto, NodeProto, AttributeProto, ValueInfoProto, TensorProto).
 */
export function encodeModel(graph: OnnxGraph): Uint8Array {
  const body = new ProtobufWriter();
  for (const node of graph.nodes) body.message(1, encodeNode(node));
  body.text(2, 'qkscope');
  for (const [name, values] of Object.entries(graph.constants)) body.message(5, encodeConstant(name, values));
  for (const port of graph.inputs) body.message(11, encodePort(port));
  for (const port of graph.outputs) body.message(12, encodePort(port));
  return new ProtobufWriter()
    .varint(1, IR_VERSION)
    .message(7, body)
    .message(8, new ProtobufWriter().text(1, '').varint(2, OPSET))
    .message(8, new ProtobufWriter().text(1, 'com.microsoft').varint(2, 1))
    .finish();
}

function encodeNode({ op, inputs, outputs, attributes = {}, domain = '' }: OnnxNode): ProtobufWriter {
  const node = new ProtobufWriter();
  for (const input of inputs) node.text(1, input);
  for (const output of outputs) node.text(2, output);
  node.text(4, op);
  for (const [name, value] of Object.entries(attributes)) {
    const attribute = new ProtobufWriter().text(1, name);
    if (typeof value === 'number') attribute.varint(3, value).varint(20, ATTRIBUTE_INT);
    else {
      for (const item of value) attribute.varint(8, item);
      attribute.varint(20, ATTRIBUTE_INTS);
    }
    node.message(5, attribute);
  }
  return domain === '' ? node : node.text(7, domain);
}

function encodeConstant(name: string, values: readonly number[]): ProtobufWriter {
  const tensor = new ProtobufWriter().varint(1, values.length).varint(2, INT64);
  for (const value of values) tensor.varint(7, value);
  return tensor.text(8, name);
}

function encodePort({ name, rank }: OnnxPort): ProtobufWriter {
  const shape = new ProtobufWriter();
  for (let axis = 0; axis < rank; axis++) shape.message(1, new ProtobufWriter().text(2, `${name}${axis}`));
  const tensor = new ProtobufWriter().varint(1, FLOAT).message(2, shape);
  return new ProtobufWriter().text(1, name).message(2, new ProtobufWriter().message(1, tensor));
}
