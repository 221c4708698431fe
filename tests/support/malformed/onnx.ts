import { externalOnnx, onnxModel } from '../onnxBytes.ts';
import type { MalformedCase } from './case.ts';

const DATA = 'model.onnx_data';

function elsewhere(
  what: string,
  external: Parameters<typeof externalOnnx>[0],
  sentence: string,
): MalformedCase {
  return {
    what: `data that ${what}`,
    file: 'model.onnx',
    bytes: () => externalOnnx(external),
    code: 'file-damaged',
    sentence,
    beside: { [DATA]: new Uint8Array(24) },
  };
}

function untraced(
  what: string,
  node: Parameters<typeof onnxModel>[0][number],
  sentence: string,
): MalformedCase {
  return { what, file: 'model.onnx', bytes: () => onnxModel([node]), code: 'format-unsupported', sentence };
}

export const ONNX: readonly MalformedCase[] = [
  elsewhere(
    'lie in a folder above',
    { location: '../secret', offset: 0, dims: [2, 2] },
    'model.onnx keeps onnx::MatMul_7 in "../secret", which isn\'t a file in the same folder. Download the file again, together with its data files.',
  ),
  elsewhere(
    'lie at an address',
    { location: 'https://evil.example/x', offset: 0, dims: [2, 2] },
    'model.onnx keeps onnx::MatMul_7 in "https://evil.example/x", which isn\'t a file in the same folder. Download the file again, together with its data files.',
  ),
  elsewhere(
    'end beyond their file',
    { location: DATA, offset: 20, dims: [2, 2] },
    'model.onnx places onnx::MatMul_7 at bytes 20 to 36 of model.onnx_data, which has only 24 bytes. Download the file again, together with its data files.',
  ),
  elsewhere(
    'have an absurd size',
    { location: DATA, offset: 0, dims: [2 ** 40, 2 ** 40] },
    'model.onnx places onnx::MatMul_7 at bytes 0 to 4.835703278458517e+24 of model.onnx_data, which has only 24 bytes. Download the file again, together with its data files.',
  ),
  untraced(
    'fused attention',
    { name: '/x', op: 'GroupQueryAttention', domain: 'com.microsoft' },
    "model.onnx can't be scored: its attention is fused into one operator (com.microsoft.GroupQueryAttention). Open the model that it was exported from, as safetensors or pytorch_model.bin.",
  ),
  untraced(
    'packed weights',
    { name: '/x/q_proj/MatMul', op: 'MatMulNBits', domain: 'com.microsoft' },
    "model.onnx can't be scored: its weights are quantised and packed (com.microsoft.MatMulNBits). Open the model that it was exported from, as safetensors or pytorch_model.bin.",
  ),
  untraced(
    'nodes without names',
    { name: 'MatMul_12', op: 'MatMul', domain: '' },
    "model.onnx can't be scored: the names of its nodes don’t say which weights are queries and keys. Open the model that it was exported from, as safetensors or pytorch_model.bin.",
  ),
];
