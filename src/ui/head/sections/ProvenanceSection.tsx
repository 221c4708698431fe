import { Fragment } from 'react';
import type { DetailTensor } from '../../../core/analysis/headDetail.ts';
import type { LayerResult, TensorUse } from '../../../core/analysis/result.ts';
import { formatBytes } from '../../../figures/format.ts';
import { ModelName } from '../EachModel.tsx';
import { rowOf, runsText, tensorsOf } from '../headFacts.ts';
import type { SectionProps } from '../headModel.ts';
import { distinctBytes } from '../headNumbers.ts';

/** Which bytes the values came from. */
export function ProvenanceSection({ models, head }: SectionProps) {
  return models.map((model) => {
    const read = model.detail?.detail?.tensors;
    return (
      <Fragment key={model.key}>
        {models.length > 1 && <ModelName model={model} />}
        <ul className="origins">
          <BlockNotes row={rowOf(model.view, head)} />
          {(read ?? tensorsOf(model.view, head)).map((tensor) => (
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
function BlockNotes({ row }: { readonly row: LayerResult | undefined }) {
  const used = row?.usedBy;
  return (
    <>
      {used !== undefined && (
        <li>
          One stored block, used by {used.length} layers: {runsText(used)}.
        </li>
      )}
      {row?.note !== undefined && <li>{row.note}</li>}
      {row?.shape !== undefined && (
        <li className="num">
          {row.shape.heads} heads of {row.shape.dHead}, d {row.shape.dModel}
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
