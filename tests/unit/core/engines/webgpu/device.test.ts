import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { describeAdapter, openDevice } from '../../../../../src/core/engines/webgpu/device.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const never = new Promise<never>(() => {});
const device = (info: object = {}) => ({
  info: { description: 'A GPU', architecture: 'x', ...info },
  features: new Set(),
  requestDevice: async () => ({ lost: never, addEventListener() {}, destroy() {} }),
});
const gpuOf = (adapter: unknown) => ({ requestAdapter: async () => adapter }) as unknown as GPU;

describe('a GPU that doesn’t answer', () => {
  it('counts as absent once its deadline has passed, and isn’t waited for again', async () => {
    let answer: (adapter: unknown) => void = () => {};
    const asked = new Promise((resolve) => {
      answer = resolve;
    });
    const gpu = { requestAdapter: () => asked } as unknown as GPU;
    const first = describeAdapter(gpu);
    await vi.advanceTimersByTimeAsync(10_000);
    const late = { available: false, detail: "WebGPU didn't answer within 10 seconds" };
    expect(await first).toMatchObject(late);
    expect(await describeAdapter(gpu)).toMatchObject(late);
    await expect(openDevice(gpu)).rejects.toMatchObject({ code: 'engine-unavailable' });

    answer(device());
    await asked;
    expect(await describeAdapter(gpu)).toMatchObject({ available: true, detail: 'A GPU' });
  });

  it('is refused where the adapter gives no device in time', async () => {
    const opening = openDevice(gpuOf({ ...device(), requestDevice: () => never }));
    const refused = expect(opening).rejects.toMatchObject({
      code: 'engine-unavailable',
      message: expect.stringContaining('gave no device within 10 seconds'),
    });
    await vi.advanceTimersByTimeAsync(10_000);
    await refused;
  });

  it('counts as lost where it doesn’t give what it computed, and is not asked again', async () => {
    const open = await openDevice(gpuOf(device()));
    const lost = { code: 'device-lost', message: "The GPU didn't answer within 20 seconds.", where: 'A GPU' };
    const refused = expect(open.answer(never)).rejects.toMatchObject(lost);
    expect(() => open.throwIfFailed()).not.toThrow();
    await vi.advanceTimersByTimeAsync(20_000);
    await refused;
    expect(() => open.throwIfFailed()).toThrow(expect.objectContaining(lost));
    expect(() => open.throwIfFailed()).toThrow(expect.objectContaining(lost));
  });

  it('is waited for longer where it is software on a busy processor', async () => {
    const open = await openDevice(gpuOf(device({ architecture: 'swiftshader' })));
    const answer = new Promise((resolve) => setTimeout(resolve, 100_000, 'late'));
    const waiting = open.answer(answer);
    await vi.advanceTimersByTimeAsync(100_000);
    expect(await waiting).toBe('late');
  });
});
