import { type FormEvent, useId, useState } from 'react';
import type { HeadQuestion } from '../../core/analysis/index.ts';
import type { HeadSplit, SplitOption } from '../../core/architectures/headSplit.ts';
import { ConfigHint } from '../hub/ConfigHint.tsx';
import { splitInto, splitText } from '../models/splitText.ts';
import { stackText } from '../models/stackText.ts';
import { Button } from '../widgets/Button.tsx';
import { Dialog } from '../widgets/Dialog.tsx';
import { QuestionNotes } from './QuestionNotes.tsx';
import './question.css';

interface HeadQuestionDialogProps {
  /** null: nothing is asked. */
  readonly question: HeadQuestion | null;
  /** Notes on the files, shown with the question. */
  readonly notes: readonly string[];
  readonly onAnswer: (split: HeadSplit) => void;
  readonly onCancel: () => void;
}

/** Asks for the number of heads where the files don't give it. Nothing is preselected, since a wrong guess looks right. */
export function HeadQuestionDialog(props: HeadQuestionDialogProps) {
  const { question, onCancel } = props;
  return (
    <Dialog open={question !== null} title="How many heads does this model have?" onClose={onCancel}>
      {question && <QuestionForm {...props} question={question} />}
    </Dialog>
  );
}

interface QuestionFormProps extends HeadQuestionDialogProps {
  readonly question: HeadQuestion;
}

function QuestionForm({ question, notes, onAnswer, onCancel }: QuestionFormProps) {
  const [chosen, setChosen] = useState<SplitOption | null>(null);
  const [typed, setTyped] = useState('');
  const [name, errorId] = [useId(), useId()];
  const typedSplit = typed === '' ? null : splitInto(Number(typed), question);
  const answer = typed === '' ? chosen : typedSplit;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (answer) onAnswer({ heads: answer.heads, kvHeads: answer.kvHeads });
  };
  return (
    <form onSubmit={submit} className="question">
      <p>
        {question.stack !== 'self' && <b>{stackText(question.stack)}: </b>}
        {question.why}
      </p>
      <p className="quiet">
        Wq has <span className="num">{question.qRows}</span> rows and Wk{' '}
        <span className="num">{question.kRows}</span>, in {question.layers}{' '}
        {question.layers === 1 ? 'layer' : 'layers'} of d <span className="num">{question.dModel}</span>.{' '}
        {question.candidates.length === 1
          ? 'This alone fits in whole heads.'
          : 'Any of these fits; only one is how it was trained, and the scores depend on it.'}
      </p>
      <QuestionNotes notes={notes} />
      <ConfigHint config={question.config} />
      <fieldset className="question-list">
        <legend className="visually-hidden">Splits that fit</legend>
        {question.candidates.map((split) => (
          <label key={split.heads} className="question-option">
            <input
              type="radio"
              name={name}
              checked={typed === '' && chosen?.heads === split.heads}
              onChange={() => {
                setChosen(split);
                setTyped('');
              }}
            />
            <span>{splitText(split)}</span>
          </label>
        ))}
      </fieldset>
      <label className="question-custom">
        or another number of heads
        <input
          type="number"
          min={1}
          step={1}
          value={typed}
          aria-invalid={typed !== '' && typedSplit === null}
          aria-describedby={errorId}
          onChange={(event) => setTyped(event.target.value)}
        />
      </label>
      <p id={errorId} className="question-feedback" aria-live="polite">
        {typed !== '' &&
          (typedSplit ? splitText(typedSplit) : `${typed} heads don't divide the rows evenly.`)}
      </p>
      <div className="dialog-actions">
        <Button onClick={onCancel}>Cancel</Button>
        <Button type="submit" kind="primary" disabled={answer === null}>
          Score with this split
        </Button>
      </div>
    </form>
  );
}
