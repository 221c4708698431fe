// Opens the GPU, describes its adapter and notices when it is lost.
import { QKError } from '../../errors.ts';
import { isDeadlineError, withDeadline } from '../../withDeadline.ts';
import type { AdapterReport } from '../adapterReport.ts';

/** An open device and what the engine must know of it. */
export interface OpenDevice {
  readonly device: GPUDevice;
  readonly report: AdapterReport;
  readonly hasTimestamps: boolean;
  /** @throws QKError when the device was lost or reported an error that no call had returned */
  throwIfFailed(): void;
  /**
   * Settles as a promise of this device's does. A device that doesn't answer within its deadline counts as lost.
   * @throws QKError 'device-lost'
   */
  answer<T>(promise: Promise<T>): Promise<T>;
  /** Resolves to the QKError that says why a WebGPU promise was rejected. */
  explain(thrown: unknown): Promise<QKError>;
  close(): void;
}

/** A rejected promise of a lost device may come before `device.lost`: so long is waited for the true reason. */
const LOST_GRACE_MS = 200;
/** Adapters and devices come within a second or two; some drivers never answer, though WASM would do. */
const OPEN_DEADLINE_MS = 10_000;
/** One answer takes a fifth of a second's work, and compiling a few seconds; a software adapter shares a busy processor. */
const ANSWER_DEADLINE_MS = { hardware: 20_000, software: 120_000 };
/** The seconds for which each was waited in vain: it is asked once more only when it has answered after all. */
const hanging = new WeakMap<GPU, number>();

/** @param gpu navigator.gpu, or undefined where there is none */
export async function describeAdapter(gpu: GPU | undefined): Promise<AdapterReport> {
  const found = await findAdapter(gpu);
  return typeof found === 'string' ? { available: false, isSoftware: false, detail: found } : found.report;
}

/** @throws QKError 'engine-unavailable' with the reason */
export async function openDevice(gpu: GPU | undefined): Promise<OpenDevice> {
  const found = await findAdapter(gpu);
  if (typeof found === 'string') throw unavailable(found);
  const { adapter, report } = found;
  const hasTimestamps = adapter.features.has('timestamp-query');
  let device: GPUDevice;
  try {
    // Default limits on purpose: what works here then works on every adapter.
    const asked = adapter.requestDevice(hasTimestamps ? { requiredFeatures: ['timestamp-query'] } : {});
    device = await answerOf(found.gpu, asked, OPEN_DEADLINE_MS);
  } catch (cause) {
    const why = isDeadlineError(cause) ? ` within ${OPEN_DEADLINE_MS / 1000} seconds` : '';
    throw unavailable(`the adapter ${report.detail} gave no device${why}`, cause);
  }

  let failure: QKError | null = null;
  let isClosed = false;
  const lost = device.lost.then(({ reason, message }) => {
    if (isClosed) return;
    failure = new QKError('device-lost', `The GPU was lost: ${(message || reason).replace(/\.$/, '')}.`, {
      where: report.detail,
      hint: 'Try again, or choose another engine.',
      permanent: false,
    });
  });
  device.addEventListener('uncapturederror', ({ error }) => {
    failure ??= engineFailed(error.message);
  });

  return {
    device,
    report,
    hasTimestamps,
    throwIfFailed() {
      if (isClosed) throw new QKError('internal', 'The WebGPU engine was used after it was closed.');
      if (failure === null) return;
      const error = failure;
      // A lost device stays lost; another error concerned one call.
      if (error.code !== 'device-lost') failure = null;
      throw error;
    },
    async answer(promise) {
      const ms = ANSWER_DEADLINE_MS[report.isSoftware ? 'software' : 'hardware'];
      try {
        return await answerOf(found.gpu, promise, ms);
      } catch (thrown) {
        if (!isDeadlineError(thrown)) throw thrown;
        failure = new QKError('device-lost', `The GPU didn't answer within ${ms / 1000} seconds.`, {
          where: report.detail,
          hint: 'Try again, or choose another engine.',
          permanent: false,
          cause: thrown,
        });
        throw failure;
      }
    },
    async explain(thrown) {
      if (thrown instanceof QKError) return thrown;
      await Promise.race([lost, new Promise((resolve) => setTimeout(resolve, LOST_GRACE_MS))]);
      return failure ?? engineFailed(thrown instanceof Error ? thrown.message : String(thrown), thrown);
    },
    close() {
      isClosed = true;
      device.destroy();
    },
  };
}

/** @throws Error once the deadline has passed (`isDeadlineError`) */
function answerOf<T>(gpu: GPU, promise: Promise<T>, ms: number): Promise<T> {
  return withDeadline(promise, ms, 'WebGPU').catch((error: unknown) => {
    if (isDeadlineError(error)) {
      hanging.set(gpu, ms / 1000);
      // Closing a device fails what it owes: that is no answer.
      promise.then(
        () => hanging.delete(gpu),
        () => {},
      );
    }
    throw error;
  });
}

async function findAdapter(
  gpu: GPU | undefined,
): Promise<{ gpu: GPU; adapter: GPUAdapter; report: AdapterReport } | string> {
  if (gpu === undefined) return 'this browser has no WebGPU (pages without https have none either)';
  const late = () => `WebGPU didn't answer within ${hanging.get(gpu)} seconds`;
  if (hanging.has(gpu)) return late();
  let adapter: GPUAdapter | null;
  try {
    const asked = gpu.requestAdapter({ powerPreference: 'high-performance' });
    adapter = await answerOf(gpu, asked, OPEN_DEADLINE_MS);
  } catch (thrown) {
    if (isDeadlineError(thrown)) return late();
    return `WebGPU failed to look for an adapter: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
  }
  if (adapter === null) return 'WebGPU found no graphics adapter';
  const { info } = adapter;
  const isSoftware = info.isFallbackAdapter || /swiftshader|llvmpipe|lavapipe|warp/i.test(info.architecture);
  const name =
    info.description || [info.vendor, info.architecture].filter(Boolean).join(' ') || 'unnamed GPU';
  const report = { available: true, isSoftware, detail: isSoftware ? `${name} (software)` : name };
  return { gpu, adapter, report };
}

function unavailable(reason: string, cause?: unknown): QKError {
  return new QKError('engine-unavailable', `WebGPU can't be used: ${reason}.`, {
    hint: 'Choose another engine, or a browser with WebGPU.',
    cause,
  });
}

function engineFailed(message: string, cause?: unknown): QKError {
  return new QKError('engine-failed', `WebGPU failed: ${message}`, { hint: 'Choose another engine.', cause });
}
