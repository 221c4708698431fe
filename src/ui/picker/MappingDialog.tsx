import { type FormEvent, useState } from 'react';
import type { MappingQuestion } from '../../core/analysis/index.ts';
import type { Orientation } from '../../core/architectures/architecture.ts';
import { FUSED_SPLITS, type FusedSplit } from '../../core/architectures/fusedSplit.ts';
import {
  type Mapping,
  type MatrixGroup,
  mappingSplits,
  previewMapping,
} from '../../core/architectures/mapping.ts';
import { orientationByShape } from '../../core/architectures/mappingAxes.ts';
import { formatBytes } from '../../figures/format.ts';
import { splitText } from '../models/splitText.ts';
import { Button } from '../widgets/Button.tsx';
import { Dialog } from '../widgets/Dialog.tsx';
import { Segmented, type SegmentedOption } from '../widgets/Segmented.tsx';
import { MatrixSelect } from './MatrixSelect.tsx';
import { QuestionNotes } from './QuestionNotes.tsx';
import './question.css';

interface MappingDialogProps {
  /** null: nothing is asked. */
  readonly question: MappingQuestion | null;
  /** Notes on the files, shown with the question. */
  readonly notes: readonly string[];
  readonly onAnswer: (mapping: Mapping) => void;
  readonly onCancel: () => void;
}

/** Asks which tensors are Q and K, where the files don't say. Nothing is preselected. */
export function MappingDialog(props: MappingDialogProps) {
  const { question, onCancel } = props;
  return (
    <Dialog open={question !== null} title="Which tensors are Q and K?" onClose={onCancel}>
      {question && <MappingForm {...props} question={question} />}
    </Dialog>
  );
}

/** A mapping that is being chosen: '' and heads of 0 are what isn't chosen yet. */
interface Draft extends Omit<Mapping, 'orientation' | 'split'> {
  readonly orientation: Orientation | '';
  readonly split: FusedSplit | '';
}

const EMPTY: Draft = { q: '', k: '', orientation: 'out_in', split: '', heads: 0, kvHeads: 0 };

const MATRICES: readonly SegmentedOption<Orientation>[] = [
  { value: 'out_in', label: '[out, in]', title: 'nn.Linear: rows are output features' },
  { value: 'in_out', label: '[in, out]', title: 'Conv1D: columns are output features' },
];

/** The layouts of tensors with three dimensions. */
const BLOCKS: readonly SegmentedOption<Orientation>[] = [
  { value: 'head_in_dim', label: '[heads, d, dh]', title: 'TransformerLens: one matrix a head, d inputs' },
  { value: 'head_dim_in', label: '[heads, dh, d]', title: 'One matrix a head, dh outputs' },
  { value: 'in_head_dim', label: '[d, heads, dh]', title: 'Keras and Flax: the inputs come first' },
];

const ORDERS: Readonly<Record<FusedSplit, string>> = {
  concat: 'all q, all k, all v',
  'per-head': 'q, k, v of each head in turn',
  'per-group': 'each group’s queries, its k, its v',
  'mp-qvk': 'CodeGen’s four parts of q, v, k',
};

interface MappingFormProps extends MappingDialogProps {
  readonly question: MappingQuestion;
}

function MappingForm({ question, notes, onAnswer, onCancel }: MappingFormProps) {
  const { groups, proposals, why } = question;
  const [draft, setDraft] = useState<Draft>(() => firstDraft(proposals));
  // Another choice of tensors has other heads: what was chosen for the last one no longer holds.
  const change = (part: Partial<Draft>) => setDraft({ ...draft, heads: 0, kvHeads: 0, ...part });
  const choose = ({ q = draft.q, k = draft.k }: { q?: string; k?: string }) =>
    change({ q, k, ...orientationOf(groups, q, k, draft.orientation) });
  const isFused = draft.q !== '' && draft.q === draft.k;
  const isOfBlocks = rankOf(groups, draft.q) === 3;
  const mapping = mappingOf(draft);
  const splits = mapping === null ? [] : mappingSplits(mapping, groups);
  const preview = mapping === null || draft.heads === 0 ? null : previewMapping(mapping, groups);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (mapping !== null && preview?.kind === 'fits') onAnswer(mapping);
  };
  return (
    <form onSubmit={submit} className="question mapping">
      <p>{why}</p>
      <QuestionNotes notes={notes} />
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
        value={draft.q}
        onChange={(q) => choose({ q, ...(draft.k === '' || isFused ? { k: q } : {}) })}
      />
      <MatrixSelect label="K" groups={groups} value={draft.k} onChange={(k) => choose({ k })} />
      <Segmented
        label="stored as"
        options={isOfBlocks ? BLOCKS : MATRICES}
        value={draft.orientation}
        onChange={(orientation) => change({ orientation })}
      />
      {isFused && (
        <label>
          <span className="control-label">order of its features</span>
          <select
            className="select"
            value={draft.split}
            onChange={(event) => {
              const split = FUSED_SPLITS.find((order) => order === event.target.value);
              if (split !== undefined) change({ split });
            }}
          >
            <option value="" disabled>
              choose
            </option>
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
          value={draft.heads}
          disabled={splits.length === 0}
          onChange={(event) => {
            const split = splits.find(({ heads }) => heads === Number(event.target.value));
            setDraft({ ...draft, heads: split?.heads ?? 0, kvHeads: split?.kvHeads ?? 0 });
          }}
        >
          <option value={0}>{splits.length === 0 ? whyNoHeads(draft) : 'choose'}</option>
          {splits.map((split) => (
            <option key={split.heads} value={split.heads}>
              {splitText(split)}
            </option>
          ))}
        </select>
      </label>
      <p className="question-feedback" aria-live="polite">
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

/** The first draft: a single proposal is taken, but of several none, and never an order of a fused tensor. */
function firstDraft(proposals: readonly Mapping[]): Draft {
  const [only, ...others] = proposals;
  return only === undefined || others.length > 0 || only.q === only.k ? EMPTY : { ...EMPTY, ...only };
}

function rankOf(groups: readonly MatrixGroup[], pattern: string): number {
  return groups.find((group) => group.pattern === pattern)?.shape.length ?? 2;
}

/** The orientation that follows from the tensors' shapes; else the present one, where that is possible. */
function orientationOf(
  groups: readonly MatrixGroup[],
  qPattern: string,
  kPattern: string,
  orientation: Draft['orientation'],
): Pick<Draft, 'orientation'> {
  const groupOf = (pattern: string) => groups.find((group) => group.pattern === pattern);
  const [q, k] = [groupOf(qPattern), groupOf(kPattern)];
  if (q === undefined || k === undefined) return { orientation };
  const byShape = orientationByShape(q, k);
  if (byShape !== null) return { orientation: byShape };
  if (q.shape.length === 3)
    return { orientation: BLOCKS.some(({ value }) => value === orientation) ? orientation : '' };
  return { orientation: MATRICES.some(({ value }) => value === orientation) ? orientation : 'out_in' };
}

/** Null while something other than the heads is still to be chosen. */
function mappingOf({ orientation, split, ...others }: Draft): Mapping | null {
  const isFused = others.q === others.k;
  if (others.q === '' || others.k === '' || orientation === '' || (isFused && split === '')) return null;
  return { ...others, orientation, split: split === '' ? 'concat' : split };
}

function whyNoHeads(draft: Draft): string {
  if (draft.q === '' || draft.k === '') return 'choose Q and K first';
  if (draft.orientation === '') return 'choose how they are stored first';
  return mappingOf(draft) === null ? 'choose the order first' : 'no heads fit these shapes';
}
