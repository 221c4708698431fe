import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { TRACE_THREADS } from '../../../../../src/core/engines/webgpu/dispatches.ts';
import { createPipelineCache, type PipelineName } from '../../../../../src/core/engines/webgpu/pipelines.ts';
import { JOB, PAIR, PARAMS } from '../../../../../src/core/engines/webgpu/structs.ts';

const kernels = new URL('../../../../../src/core/engines/webgpu/kernels/', import.meta.url);
const read = (file: string) => readFileSync(new URL(file, kernels), 'utf8');

/** Members of a WGSL struct with their byte offsets. All are u32, hence 4 bytes aligned to 4. */
function membersOf(wgsl: string, name: string): { name: string; type: string; offset: number }[] {
  const body = wgsl.match(new RegExp(`struct ${name} \\{([^}]*)\\}`))![1]!.replace(/\/\/.*/g, '');
  return [...body.matchAll(/(\w+):\s*([\w<>]+),/g)].map(([, member, type], i) => ({
    name: member!,
    type: type!,
    offset: 4 * i,
  }));
}

/** The whole number after `const NAME = ` in a kernel, or in a TypeScript file of the engine. */
function constantOf(text: string, name: string): number {
  return Number(text.match(new RegExp(`const ${name} = (\\d+)`))![1]);
}

/** The WGSL that a pipeline is compiled from. */
async function sourceOf(name: PipelineName): Promise<string> {
  let source = '';
  const device = {
    createShaderModule: ({ code }: { code: string }) => {
      source = code;
    },
    createComputePipelineAsync: () => Promise.resolve({}),
  } as unknown as GPUDevice;
  await createPipelineCache(device)(name);
  return source;
}

describe('structs that CPU and shaders share', () => {
  const params = ['dModel', 'rowVec4s', 'first', 'outBase', 'queriesPerKey', 'unused0', 'unused1', 'unused2'];
  const job = ['base', 'outerStride', 'innerStride', 'outerCount', 'innerCount', 'outBase', 'outOuterStride'];

  test.each([
    ['traceRegister', 'Params', PARAMS, params],
    ['traceShared', 'Params', PARAMS, params],
    ['norm', 'Params', PARAMS, params],
    ['moments', 'Pair', PAIR, ['dModel', 'rowVec4s', 'qG', 'qH', 'kG', 'kH', 'outBase', 'unused']],
    ['scan', 'Job', JOB, [...job, 'outInnerStride', 'dtype', 'matrix']],
    ['unpack', 'Job', JOB, [...job, 'outInnerStride', 'dtype', 'matrix']],
  ] as const)(
    'have in %s one declaration of %s, laid out as the CPU writes it',
    async (pipeline, name, struct, fields) => {
      const source = await sourceOf(pipeline);
      expect(source.match(/\bstruct \w+/g)).toEqual([`struct ${name}`]);
      const members = membersOf(source, name);
      expect(members.map(({ name: member }) => member)).toEqual(fields);
      expect(new Set(members.map(({ type }) => type))).toEqual(new Set(['u32']));
      expect(struct.byteSize).toBe(members.at(-1)!.offset + 4);
      // The second of two, each field holding its own offset.
      const target = new Uint32Array((2 * struct.byteSize) / 4);
      const values = Object.fromEntries(members.map(({ name: member, offset }) => [member, offset]));
      (struct.write as (to: Uint32Array, at: number, values: object) => void)(
        target,
        struct.byteSize,
        values,
      );
      for (const { offset } of members) expect(target[(struct.byteSize + offset) / 4]).toBe(offset);
      expect(target.subarray(0, struct.byteSize / 4).every((word) => word === 0)).toBe(true);
    },
  );

  test('fill whole 16 bytes in a uniform', () => {
    for (const { byteSize } of [PARAMS, PAIR]) expect(byteSize % 16).toBe(0);
  });

  test.each([
    ['dispatches.ts', 'NORM_TILE', 'norm.wgsl', 'TILE'],
    ['dispatches.ts', 'SHARED_VEC4S', 'traceShared.wgsl', 'TILE_VEC4S'],
    ['loadLayer.ts', 'ELEMENTS_PER_GROUP', 'element.wgsl', 'ELEMENTS_PER_GROUP'],
  ])('have for %s %s the one declaration of %s', (file, name, kernel, kernelName) => {
    expect(constantOf(read(`../${file}`), name)).toBe(constantOf(read(kernel), kernelName));
  });

  test.each(Object.entries(TRACE_THREADS))(
    'have in %s the threads that dispatches count with',
    (form, threads) => {
      expect(constantOf(read(`${form}.wgsl`), 'THREADS')).toBe(threads);
      expect(read(`${form}.wgsl`)).toContain('@workgroup_size(THREADS * QUERIES_PER_GROUP)');
    },
  );
});
