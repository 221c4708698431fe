import type { ByteCounts, EngineUse } from '../../core/result/index.ts';
import { byText, formatBytes, formatSeconds } from '../../figures/format.ts';
import './status.css';
import type { StatusModel } from '../../state/selectors.ts';

interface StatusLineProps {
  readonly models: readonly StatusModel[];
  /** The text where there is no model. */
  readonly idle?: string;
}

const ENGINE_NAMES: Readonly<Record<EngineUse['id'], string>> = {
  recorded: 'recorded',
  reference: 'float64 reference',
  webgpu: 'WebGPU',
  wasm: 'WASM',
  'ort-wasm': 'onnxruntime WASM',
  'ort-webgpu': 'onnxruntime WebGPU',
};

/** One line a model: what it is, what was read of it, what computed it and why, and by which convention. */
export function StatusLine({ models, idle = 'Nothing is read until a model is opened.' }: StatusLineProps) {
  if (models.length === 0) return <p className="status">{idle}</p>;
  return models.map((model, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: two models of one name may stand side by side; places are fixed
    <p className="status" key={index}>
      <b>{model.title}</b>
      {model.origin && <span>{model.origin}</span>}
      <span className="num">{dimensions(model)}</span>
      {model.headsFrom !== undefined && <span>heads {byText(model.headsFrom)}</span>}
      {model.bytes.file > 0 && <span className="num">{bytesText(model.bytes)}</span>}
      <span title={model.engine.reason}>
        {ENGINE_NAMES[model.engine.id]}
        {model.engine.device && ` (${model.engine.device})`}
        <span className="visually-hidden">, {model.engine.reason}</span>
      </span>
      <span>{model.convention}</span>
      {model.elapsedMs !== undefined && <span className="num">{formatSeconds(model.elapsedMs)}</span>}
    </p>
  ));
}

function dimensions({ shape, dtype }: StatusModel): string {
  const grouped = shape.kvHeads === shape.heads ? '' : ` (${shape.kvHeads} kv)`;
  return `${shape.layers} × ${shape.heads}${grouped}, d ${shape.dModel}, dh ${shape.dHead}, ${dtype}`;
}

/** "read 85.1 MB of 548 MB"; while reading "12.4 of 85.1 MB read, file 548 MB". */
function bytesText({ read, planned, file }: ByteCounts): string {
  // The start of a small file is read for the header, and once more with the weights.
  if (read >= planned) return `read ${formatBytes(Math.min(read, file))} of ${formatBytes(file)}`;
  return `read ${formatBytes(read)} of ${formatBytes(planned)}; files ${formatBytes(file)}`;
}
