// Reads the nodes of an ONNX graph and the places of its weights.
import type { ByteSource } from '../../bytes/byteSource.ts';
import { QKError } from '../../errors.ts';
import { createProtobufReader, type ProtobufField, type ProtobufReader } from './protobufReader.ts';

/*
 * Field numbers of onnx/onnx.proto3: ModelProto.graph 7; GraphProto.node 1, initializer 5; NodeProto input 1, output 2, name 3,
 * op_type 4, attribute 5, domain 7; AttributeProto name 1, i 3, ints 8; TensorProto dims 1, data_type 2, name 8, raw_data 9,
 * external_data 13 (key 1, value 2), data_location 14.
 */

/** The largest exported graphs have some 50,000 nodes; a higher count is damage, and would only take memory. */
const MAX_ITEMS = 1_000_000;
const MAX_DIMENSIONS = 8;

export interface OnnxNode {
  readonly name: string;
  readonly op: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Integer attributes by name (transB, the first values of perm). */
  readonly ints: ReadonlyMap<string, readonly number[]>;
}

export interface OnnxInitializer {
  readonly name: string;
  readonly dims: readonly number[];
  /** TensorProto.DataType */
  readonly type: number;
  /** The place of its data within the file; null where it is stored elsewhere or in typed lists. */
  readonly raw: { readonly begin: number; readonly end: number } | null;
  /** The place of its data in another file. */
  readonly external: ReadonlyMap<string, string> | null;
}

export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  readonly initializers: ReadonlyMap<string, OnnxInitializer>;
  readonly fetched: number;
}

/** Reads the nodes and the places of the weights; the weights themselves are skipped. @throws QKError */
export async function readOnnxGraph(source: ByteSource, signal?: AbortSignal): Promise<OnnxGraph> {
  const reader = createProtobufReader(source, signal);
  const nodes: OnnxNode[] = [];
  const initializers = new Map<string, OnnxInitializer>();
  let hasGraph = false;
  for await (const field of reader.fields(0, source.size)) {
    if (field.number !== 7 || !field.isBytes) continue;
    hasGraph = true;
    for await (const part of reader.fields(field.begin, field.end)) {
      if (nodes.length + initializers.size > MAX_ITEMS) throw tooMany(source);
      if (part.number === 1 && part.isBytes) nodes.push(await readNode(reader, part));
      if (part.number === 5 && part.isBytes) {
        const initializer = await readInitializer(reader, part);
        initializers.set(initializer.name, initializer);
      }
    }
  }
  if (!hasGraph) {
    throw new QKError('format-unsupported', `${source.name} holds no ONNX graph.`, {
      where: source.name,
      hint: 'The file is damaged, or it isn’t an ONNX file. Download it again.',
    });
  }
  return { nodes, initializers, fetched: reader.fetched() };
}

async function readNode(reader: ProtobufReader, node: ProtobufField): Promise<OnnxNode> {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const ints = new Map<string, readonly number[]>();
  let [name, op, domain] = ['', '', ''];
  for await (const field of reader.fields(node.begin, node.end)) {
    if (!field.isBytes) continue;
    if (field.number === 1) inputs.push(await reader.text(field));
    else if (field.number === 2) outputs.push(await reader.text(field));
    else if (field.number === 3) name = await reader.text(field);
    else if (field.number === 4) op = await reader.text(field);
    else if (field.number === 7) domain = await reader.text(field);
    else if (field.number === 5) {
      const [key, values] = await readAttribute(reader, field);
      if (values.length > 0) ints.set(key, values);
    }
  }
  return { name, op, domain, inputs, outputs, ints };
}

async function readAttribute(reader: ProtobufReader, attribute: ProtobufField): Promise<[string, number[]]> {
  let name = '';
  const values: number[] = [];
  for await (const field of reader.fields(attribute.begin, attribute.end)) {
    if (field.number === 1 && field.isBytes) name = await reader.text(field);
    // Subgraphs (If, Loop) have separate fields, and are skipped.
    else if (field.number === 3 && !field.isBytes) values.push(field.value);
    else if (field.number === 8) values.push(...(await wholeNumbers(reader, field)));
  }
  return [name, values.slice(0, MAX_DIMENSIONS)];
}

async function readInitializer(reader: ProtobufReader, tensor: ProtobufField): Promise<OnnxInitializer> {
  const dims: number[] = [];
  const external = new Map<string, string>();
  let [name, type, isExternal] = ['', 0, false];
  let raw: OnnxInitializer['raw'] = null;
  for await (const field of reader.fields(tensor.begin, tensor.end)) {
    if (field.number === 1) dims.push(...(await wholeNumbers(reader, field)));
    else if (field.number === 2 && !field.isBytes) type = field.value;
    else if (field.number === 8 && field.isBytes) name = await reader.text(field);
    else if (field.number === 9 && field.isBytes) raw = { begin: field.begin, end: field.end };
    else if (field.number === 14 && !field.isBytes) isExternal = field.value === 1;
    else if (field.number === 13 && field.isBytes) {
      const [key, value] = await readPair(reader, field);
      external.set(key, value);
    }
  }
  return { name, dims: dims.slice(0, MAX_DIMENSIONS), type, raw, external: isExternal ? external : null };
}

async function readPair(reader: ProtobufReader, pair: ProtobufField): Promise<[string, string]> {
  let [key, value] = ['', ''];
  for await (const field of reader.fields(pair.begin, pair.end)) {
    if (field.number === 1 && field.isBytes) key = await reader.text(field);
    if (field.number === 2 && field.isBytes) value = await reader.text(field);
  }
  return [key, value];
}

/** Reads a repeated integer field, which is stored value by value or packed. */
async function wholeNumbers(reader: ProtobufReader, field: ProtobufField): Promise<number[]> {
  if (!field.isBytes) return [field.value];
  const values: number[] = [];
  const bytes = await reader.bytes(field);
  let [value, shift] = [0, 0];
  for (const byte of bytes) {
    value += (byte & 127) * 2 ** shift;
    shift += 7;
    if (byte >= 128) continue;
    values.push(value);
    [value, shift] = [0, 0];
    if (values.length > MAX_DIMENSIONS) break;
  }
  return values;
}

function tooMany(source: ByteSource): QKError {
  return new QKError(
    'file-damaged',
    `${source.name} has more than ${MAX_ITEMS} nodes and weights, which no model has.`,
    {
      where: source.name,
      hint: 'The file is damaged. Download it again.',
    },
  );
}
