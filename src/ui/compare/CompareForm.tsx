import { type FormEvent, useState } from 'react';
import { modelNames } from '../../state/selectors.ts';
import { useActions, useAppState } from '../appContext.ts';
import { FilesButton } from '../picker/FilesButton.tsx';
import { ModelChips } from '../picker/ModelChips.tsx';
import { ModelCombobox } from '../picker/ModelCombobox.tsx';
import { Button } from '../widgets/Button.tsx';
import { RevisionSelect } from './RevisionSelect.tsx';

/** Opens a second model beside the first, or another one in the second's place; swaps the two. */
export function CompareForm({ onDone }: { readonly onDone: () => void }) {
  const actions = useActions();
  const first = useAppState((state) => state.models[0]);
  const name = useAppState((state) => modelNames(state.models)[0]);
  const isPair = useAppState((state) => state.models.length > 1);
  const [text, setText] = useState('');
  const open = (model: string) => {
    if (model.trim() === '') return;
    onDone();
    actions.comparison.openText(model.trim());
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    open(text);
  };
  if (first === undefined) return null;
  const repo = first.choice.kind === 'hub' ? (first.model?.id ?? first.choice.repo) : null;
  return (
    <>
      <p className="quiet">
        {isPair ? 'Replace the second model, compared with ' : 'Compare with '}
        <b>{name}</b>:
      </p>
      <form className="compare-form" onSubmit={submit}>
        <ModelCombobox
          text={text}
          onText={setText}
          onOpen={open}
          label="Compared with"
          placeholder="gpt2, owner/model@rev, a hub URL"
        />
        <Button type="submit">Compare</Button>
      </form>
      <div className="chips">
        <ModelChips onOpen={open} />
      </div>
      {repo !== null && <RevisionSelect repo={repo} onChoose={(revision) => open(`${repo}@${revision}`)} />}
      <div className="compare-form">
        <FilesButton
          label="Choose files…"
          inputLabel="Files of the second model"
          onFiles={(picked) => {
            onDone();
            actions.openFiles(picked, 'beside');
          }}
        />
        {isPair && (
          <Button
            title="Exchanges the two models: the difference changes its sign"
            onClick={() => {
              onDone();
              actions.comparison.swap();
            }}
          >
            Swap A and B
          </Button>
        )}
      </div>
    </>
  );
}
