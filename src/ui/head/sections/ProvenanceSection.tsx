import { Fragment } from 'react';
import type { DetailTensor } from '../../../core/inspection/index.ts';
import type { LayerResult, TensorUse } from '../../../core/result/index.ts';
import { byText, formatBytes } from '../../../figures/format.ts';
import { type HeatmapView, layerRow } from '../../../figures/heatmapView.ts';
import { runsText } from './headFacts.ts';
import type { SectionProps } from './headModel.ts';
import { distinctBytes } from './headNumbers.ts';
import { ModelName } from './PerModel.tsx';

/** Which bytes the values came from. */
export function ProvenanceSection({ models, head }: SectionProps) {
  return models.map((model) => {
    const read = model.detail?.detail?.tensors;
    return (
      <Fragment key={model.key}>
        {models.length > 1 && <ModelName model={model} />}
        <ul className="origins">
          <BlockNotes row={layerRow(model.view, head.layer)} view={model.view} />
          {(read ?? layerRow(model.view, head.layer)?.tensors ?? []).map((tensor) => (
            <Tensor
              key={`${tensor.name} ${tensor.rows} ${'begin' in tensor ? tensor.begin : ''}`}
              tensor={tensor}
            />
          ))}
          {read !== undefined && read.length > 0 && <BytesRead tensors={read} />}
        </ul>
      </Fragment>
    );
  });
}

function Tensor({ tensor }: { readonly tensor: TensorUse | DetailTensor }) {
  return (
    <li>
      <TensorName name={tensor.name} />{' '}
      <span className="quiet">
        {tensor.dtype}
        {tensor.rows === undefined ? '' : `, ${tensor.rows}`}
      </span>
      {'begin' in tensor && (
        <div className="quiet">
          <span className="num">{rangeText(tensor)}</span> of {tensor.source}
        </div>
      )}
    </li>
  );
}

/** "bytes 1,024 … 5,120": end exclusive, as the files' headers count. */
function rangeText({ begin, end }: DetailTensor): string {
  return `bytes ${begin.toLocaleString('en')} … ${end.toLocaleString('en')}`;
}

function BytesRead({ tensors }: { readonly tensors: readonly DetailTensor[] }) {
  const bytes = distinctBytes(tensors);
  return (
    <li title={`${bytes} bytes`}>
      <span className="num">{formatBytes(bytes)}</span> <span className="quiet">in all</span>
    </li>
  );
}

/** What is particular about the head's layer. */
function BlockNotes({ row, view }: { readonly row: LayerResult | undefined; readonly view: HeatmapView }) {
  const used = row?.usedBy;
  const { heads, kvHeads, dHead, dModel } = row?.shape ?? view.shape;
  const from = row?.headsFrom ?? view.headsFrom;
  const grouped = kvHeads === heads ? '' : ` over ${kvHeads} key heads`;
  return (
    <>
      {used !== undefined && (
        <li>
          One stored block, used by {used.length} layers: {runsText(used)}.
        </li>
      )}
      {row?.note !== undefined && <li>{row.note}</li>}
      {(row?.shape !== undefined || from !== undefined) && (
        <li>
          <span className="num">
            {heads} heads of {dHead}
            {grouped}
            {row?.shape === undefined ? '' : `, d ${dModel}`}
          </span>
          {from !== undefined && <span className="quiet">, {byText(from)}</span>}
        </li>
      )}
    </>
  );
}

/** Long names break after their dots. */
function TensorName({ name }: { readonly name: string }) {
  const parts = name.split('.');
  return (
    <span className="num">
      {parts.map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a name never move
        <Fragment key={index}>
          {index > 0 && (
            <>
              .<wbr />
            </>
          )}
          {part}
        </Fragment>
      ))}
    </span>
  );
}
