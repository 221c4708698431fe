import { type FormEvent, useState } from 'react';
import {
  FUSED_SPLITS,
  type FusedSplit,
  type Mapping,
  type MappingQuestion,
  mappingSplits,
  previewMapping,
} from '../../core/index.ts';
import { formatBytes } from '../../figures/format.ts';
import { Button } from '../widgets/Button.tsx';
import { Dialog } from '../widgets/Dialog.tsx';
import { Segmented } from '../widgets/Segmented.tsx';
import { MatrixSelect } from './MatrixSelect.tsx';
import { splitText } from './splitText.ts';

interface MappingDialogProps {
  /** null: nothing is asked. */
  readonly question: MappingQuestion | null;
  readonly onAnswer: (mapping: Mapping) => void;
  readonly onCancel: () => void;
}

/** Lets the user say which tensors are Q and K, where nothing tells. Nothing is chosen beforehand. */
export function MappingDialog({ question, onAnswer, onCancel }: MappingDialogProps) {
  return (
    <Dialog open={question !== null} title="Which tensors are Q and K?" onClose={onCancel}>
      {question && <MappingForm question={question} onAnswer={onAnswer} onCancel={onCancel} />}
    </Dialog>
  );
}

/** Heads of 0: not chosen yet. */
const EMPTY: Mapping = { q: '', k: '', orientation: 'out_in', split: 'concat', heads: 0, kvHeads: 0 };

const ORDERS: Readonly<Record<FusedSplit, string>> = {
  concat: 'all q, all k, all v',
  'per-head': 'q, k, v of each head in turn',
  'per-group': 'each group’s queries, its k, its v',
  'mp-qvk': 'CodeGen’s four parts of q, v, k',
};

interface MappingFormProps extends MappingDialogProps {
  readonly question: MappingQuestion;
}

function MappingForm({ question, onAnswer, onCancel }: MappingFormProps) {
  const { groups, proposals, why } = question;
  const [mapping, setMapping] = useState<Mapping>(
    proposals.length === 1 ? { ...EMPTY, ...proposals[0] } : EMPTY,
  );
  // Another choice of tensors has other heads: what was chosen for the last one no longer holds.
  const change = (part: Partial<Mapping>) => setMapping({ ...mapping, heads: 0, kvHeads: 0, ...part });
  const isFused = mapping.q !== '' && mapping.q === mapping.k;
  const splits = mapping.q === '' || mapping.k === '' ? [] : mappingSplits(mapping, groups);
  const preview = mapping.heads === 0 ? null : previewMapping(mapping, groups);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (preview?.kind === 'fits') onAnswer(mapping);
  };
  return (
    <form onSubmit={submit} className="question mapping">
      <p>{why}</p>
      {proposals.length > 1 && (
        <fieldset className="mapping-proposals">
          <legend className="control-label">It could be</legend>
          {proposals.map((proposal) => (
            <Button
              key={`${proposal.q} ${proposal.orientation} ${proposal.split}`}
              onClick={() => change(proposal)}
            >
              {proposal.q === proposal.k ? ORDERS[proposal.split] : 'q and k apart'}
            </Button>
          ))}
        </fieldset>
      )}
      <MatrixSelect
        label="Q"
        groups={groups}
        value={mapping.q}
        onChange={(q) => change({ q, ...(mapping.k === '' || isFused ? { k: q } : {}) })}
      />
      <MatrixSelect label="K" groups={groups} value={mapping.k} onChange={(k) => change({ k })} />
      <Segmented
        label="stored as"
        options={[
          { value: 'out_in', label: '[out, in]', title: 'nn.Linear: rows are output features' },
          { value: 'in_out', label: '[in, out]', title: 'Conv1D: columns are output features' },
        ]}
        value={mapping.orientation}
        onChange={(orientation) => change({ orientation })}
      />
      {isFused && (
        <label>
          <span className="control-label">order of its features</span>
          <select
            className="select"
            value={mapping.split}
            onChange={(event) => {
              const split = FUSED_SPLITS.find((order) => order === event.target.value);
              if (split !== undefined) change({ split });
            }}
          >
            {FUSED_SPLITS.map((split) => (
              <option key={split} value={split}>
                {ORDERS[split]}
              </option>
            ))}
          </select>
        </label>
      )}
      <label>
        <span className="control-label">heads</span>
        <select
          className="select"
          value={mapping.heads}
          disabled={splits.length === 0}
          onChange={(event) => {
            const split = splits.find(({ heads }) => heads === Number(event.target.value));
            setMapping({ ...mapping, heads: split?.heads ?? 0, kvHeads: split?.kvHeads ?? 0 });
          }}
        >
          <option value={0}>{splits.length === 0 ? 'choose Q and K first' : 'choose'}</option>
          {splits.map((split) => (
            <option key={split.heads} value={split.heads}>
              {splitText(split)}
            </option>
          ))}
        </select>
      </label>
      <p className="question-echo" aria-live="polite">
        {preview?.kind === 'fits' &&
          `Reads ${preview.layers.length} layers of d ${preview.dModel}, heads of ${preview.dHead}: ${formatBytes(preview.bytes)}.`}
        {preview?.kind === 'problem' && preview.problem}
      </p>
      <div className="dialog-actions">
        <Button onClick={onCancel}>Cancel</Button>
        <Button type="submit" kind="primary" disabled={preview?.kind !== 'fits'}>
          Score these
        </Button>
      </div>
    </form>
  );
}
