import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBlobSource } from '../../../../src/core/bytes/blobSource.ts';
import type { ByteSource } from '../../../../src/core/bytes/byteSource.ts';
import { QKError } from '../../../../src/core/errors.ts';
import type { TensorEntry } from '../../../../src/core/formats/checkpoint.ts';
import type { FormatContext } from '../../../../src/core/formats/format.ts';
import { onnx } from '../../../../src/core/formats/onnx/onnx.ts';
import { analyseLocal, lastOf } from '../../../support/analyseLocal.ts';
import { fixture } from '../../../support/localFiles.ts';
import { externalOnnx } from '../../../support/onnxBytes.ts';

const bytesOf = (name: string) => new Uint8Array(readFileSync(fixture('onnx', `${name}.onnx`)));
const sourceOf = (bytes: Uint8Array, name = 'model.onnx') =>
  createBlobSource(name, new Blob([bytes as BlobPart]));
const nothingBeside = () => Promise.reject(new QKError('file-not-found', 'nothing beside'));
const open = (bytes: Uint8Array, openBeside: FormatContext['openBeside'] = nothingBeside) =>
  onnx.read(sourceOf(bytes), { openBeside });
const failure = (bytes: Uint8Array, openBeside?: FormatContext['openBeside']) =>
  open(bytes, openBeside).then(
    () => null,
    (error: unknown) => error,
  );

/** The matrix of an entry, by its strides. */
async function matrixOf({ source, begin, end, shape, strides }: TensorEntry): Promise<number[][]> {
  const bytes = await source.read(begin, end);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const [rows, cols] = shape as [number, number];
  const [down, right] = strides ?? [cols, 1];
  return Array.from({ length: rows }, (_, i) =>
    Array.from({ length: cols }, (_, j) => view.getFloat32(4 * (i * down! + j * right!), true)),
  );
}

describe('ONNX', () => {
  it.each(['bert', 'bert-unfolded', 'llama', 'gpt2'])(
    'has query and key weights under their modules’ names, the right way round: %s',
    async (name) => {
      const want = JSON.parse(readFileSync(fixture('onnx', `${name}.json`), 'utf8')) as Record<
        string,
        number[][]
      >;
      const { tensors } = await open(bytesOf(name));
      expect(tensors.map((tensor) => tensor.name).sort()).toEqual(Object.keys(want).sort());
      for (const tensor of tensors) {
        const got = await matrixOf(tensor);
        const wanted = want[tensor.name]!;
        expect(got.flat().length).toBe(wanted.flat().length);
        for (const [at, value] of got.flat().entries()) expect(value).toBeCloseTo(wanted.flat()[at]!, 6);
      }
    },
  );

  it('is scored like the model that it was exported from', async () => {
    const config = new Blob([JSON.stringify({ model_type: 'bert', num_attention_heads: 2 })]);
    const { result } = lastOf(
      await analyseLocal([
        { path: 'config.json', blob: config },
        { path: 'model.onnx', blob: new Blob([bytesOf('bert') as BlobPart]) },
      ]),
      'done',
    );
    expect(result.model).toMatchObject({ format: 'onnx', modelType: 'bert' });
    expect(result.shape).toMatchObject({ layers: 2, heads: 2, dModel: 8, dHead: 4 });
    const weights = JSON.parse(readFileSync(fixture('onnx', 'bert.json'), 'utf8')) as Record<
      string,
      number[][]
    >;
    const of = (role: string) => weights[`encoder.layer.1.attention.self.${role}.weight`]!;
    // M = Wq Wkᵀ of head 1: rows 4 to 7 of nn.Linear's [out, in].
    const m = (i: number, j: number) =>
      [4, 5, 6, 7].reduce((sum, row) => sum + of('query')[row]![i]! * of('key')[row]![j]!, 0);
    let [symmetric, all] = [0, 0];
    for (let i = 0; i < 8; i++)
      for (let j = 0; j < 8; j++) {
        symmetric += ((m(i, j) + m(j, i)) / 2) ** 2;
        all += m(i, j) ** 2;
      }
    expect(result.stacks[0]!.layers[1]!.heads[1]!.r).toBeCloseTo(symmetric / all, 6);
  });

  it('reads weights in another file', async () => {
    const values = Float32Array.from({ length: 6 }, (_, at) => at);
    const beside: ByteSource = sourceOf(new Uint8Array(values.buffer), 'model.onnx_data');
    const { tensors } = await open(
      externalOnnx({ location: 'model.onnx_data', offset: 8, dims: [2, 2] }),
      async (path) => {
        expect(path).toBe('model.onnx_data');
        return beside;
      },
    );
    // Folded into a MatMul: [in, out], so the module has its transpose.
    expect(await matrixOf(tensors[0]!)).toEqual([
      [2, 4],
      [3, 5],
    ]);
  });

  it('ends any damage in a QKError', async () => {
    const whole = bytesOf('bert');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 5 }),
        async (damage) => {
          const damaged = whole.slice();
          for (const [at, byte] of damage) damaged[at] = byte;
          const error = await failure(damaged);
          if (error !== null) expect(error).toBeInstanceOf(QKError);
        },
      ),
      { numRuns: 200 },
    );
  });
});
