// The ONNX format: finds query and key weights in an exported graph without running it.
import { hasQueryOrKeySegment } from '../../attentionNames.ts';
import type { ByteSource } from '../../bytes/byteSource.ts';
import { QKError } from '../../errors.ts';
import { printable, printableShape } from '../../printable.ts';
import type { TensorEntry } from '../checkpoint.ts';
import { DTYPE_BITS, type ElementDtype } from '../dtype.ts';
import { KIND_BYTES, kindOfFile, notOfKind } from '../fileKind.ts';
import type { Format, FormatContext, FormatFile } from '../format.ts';
import { type OnnxInitializer, readOnnxGraph } from './graph.ts';
import { type TracedWeight, traceWeights, whyUntraced } from './traceWeights.ts';

/** Exported graphs, in which the names of nodes reveal which weights are which. Nothing is executed. */
export const onnx: Format = { id: 'onnx', name: 'ONNX', extensions: ['onnx'], read: readOnnx };

/** TensorProto.DataType (onnx/onnx.proto3). */
const TYPES: Readonly<Record<number, ElementDtype>> = { 1: 'F32', 10: 'F16', 11: 'F64', 16: 'BF16' };

async function readOnnx(source: ByteSource, context: FormatContext): Promise<FormatFile> {
  const start = await source.read(0, Math.min(source.size, KIND_BYTES), { signal: context.signal });
  const kind = kindOfFile(start, source.size, source.name);
  if (kind !== null && kind.isOnnx !== true) throw notOfKind(source, kind, 'an ONNX file');
  const graph = await readOnnxGraph(source, context.signal);
  const traced = traceWeights(graph).filter(({ initializer }) => TYPES[initializer.type] !== undefined);
  const wanted = traced.filter(({ name }) => context.wants?.(name) ?? true);
  if (!traced.some(({ name }) => hasQueryOrKeySegment(name))) {
    throw new QKError('format-unsupported', `${source.name} can't be scored: ${whyUntraced(graph)}.`, {
      where: source.name,
      hint: 'Open the model that it was exported from, as safetensors or pytorch_model.bin.',
    });
  }
  const files = new Map<string, Promise<ByteSource>>();
  const open = (path: string) => {
    const opened = files.get(path) ?? context.openBeside(path, context.signal);
    files.set(path, opened);
    return opened;
  };
  const tensors: TensorEntry[] = [];
  for (const weight of wanted.length > 0 ? wanted : traced) {
    const place = await placeOf(weight.initializer, source, open);
    if (place !== null) tensors.push(entryOf(weight, place));
  }
  const table = [...graph.initializers.values()].map(
    ({ name, dims, type }) => `${name} ${dims.join('x')} ${type}`,
  );
  return {
    tensors,
    names: traced.map(({ name }) => name),
    // A graph's constants can't be told from its weights.
    shapes: null,
    fetched: graph.fetched,
    header: new TextEncoder().encode(table.join('\n')),
    notes: ['The query and key weights were identified by the names of the nodes in the graph.'],
  };
}

interface Place {
  readonly source: ByteSource;
  readonly begin: number;
  readonly end: number;
}

/**
 * Finds where the data is stored: in the file, or in another one beside it. Typed lists (small constants) are no
 * weights.
 */
async function placeOf(
  { name, dims, type, raw, external }: OnnxInitializer,
  source: ByteSource,
  open: (path: string) => Promise<ByteSource>,
): Promise<Place | null> {
  const size = dims.reduce((product, length) => product * length, DTYPE_BITS[TYPES[type]!] / 8);
  const damaged = (what: string) =>
    new QKError('file-damaged', `${source.name} ${what}.`, {
      where: `${source.name}, ${printable(name)}`,
      hint: 'Download the file again, together with its data files.',
    });
  if (external !== null) {
    const location = external.get('location') ?? '';
    // The location comes from the file, so it must stay within the file's folder.
    if (location === '' || /(?:^|[\\/])\.\.(?:[\\/]|$)|^[\\/]|\\|^[a-z][a-z+.-]*:|%2e/i.test(location))
      throw damaged(
        `keeps ${printable(name)} in "${printable(location)}", which isn't a file in the same folder`,
      );
    const beside = await open(location);
    const begin = Number(external.get('offset') ?? 0);
    const end = begin + size;
    if (!Number.isSafeInteger(begin) || begin < 0 || !Number.isSafeInteger(end) || end > beside.size)
      throw damaged(
        `places ${printable(name)} at bytes ${begin} to ${end} of ${printable(location)}, which has only ${beside.size} bytes`,
      );
    return { source: beside, begin, end };
  }
  if (raw === null) return null;
  if (raw.end - raw.begin !== size)
    throw damaged(
      `gives ${printable(name)} ${raw.end - raw.begin} bytes, but its shape ${printableShape(dims)} takes ${size}`,
    );
  return { source, ...raw };
}

/** Describes the weight in its module's shape; a transposed one by its strides. */
function entryOf({ name, initializer, isTransposed }: TracedWeight, place: Place): TensorEntry {
  const { dims, type } = initializer;
  const dtype = TYPES[type]!;
  if (!isTransposed) return { name, dtype, shape: dims, ...place };
  const [inputs, out] = dims as [number, number];
  return { name, dtype, shape: [out, inputs], strides: [1, out], ...place };
}
