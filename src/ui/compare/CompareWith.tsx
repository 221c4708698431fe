import { type FormEvent, useRef, useState } from 'react';
import { modelNames } from '../../state/modelNames.ts';
import { useActions, useAppState } from '../appContext.ts';
import { pickedFiles } from '../picker/droppedFiles.ts';
import { ModelCombobox } from '../picker/ModelCombobox.tsx';
import { EXAMPLE_CHIPS } from '../picker/ModelPicker.tsx';
import { Button } from '../widgets/Button.tsx';
import { RevisionSelect } from './RevisionSelect.tsx';
import './compare.css';

/** Opens a second model beside the first, or another one in its place; exchanges the two. */
export function CompareWith() {
  const actions = useActions();
  const first = useAppState((state) => state.models[0]);
  const name = useAppState((state) => modelNames(state.models)[0]);
  const isPair = useAppState((state) => state.models.length > 1);
  const menu = useRef<HTMLDetailsElement>(null);
  const files = useRef<HTMLInputElement>(null);
  const [isOpen, setIsOpen] = useState(false);
  const [text, setText] = useState('');
  const close = () => {
    if (menu.current === null) return;
    menu.current.open = false;
    menu.current.querySelector('summary')?.focus();
  };
  const open = (model: string) => {
    if (model.trim() === '') return;
    close();
    setText('');
    actions.beside.openText(model.trim());
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    open(text);
  };
  if (first === undefined) return null;
  const repo = first.choice.kind === 'hub' ? (first.model?.id ?? first.choice.repo) : null;
  return (
    <div className="compare-with">
      <details
        ref={menu}
        className="menu"
        onToggle={(event) => setIsOpen(event.currentTarget.open)}
        onKeyDown={(event) => {
          // The list of suggestions closes first.
          if (event.key === 'Escape' && !event.defaultPrevented) close();
        }}
      >
        <summary className="button button-plain">Compare with…</summary>
        {isOpen && (
          <div className="menu-box compare-box">
            <p className="quiet">
              {isPair ? 'In place of the second model, beside ' : 'Beside '}
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
              <Button type="submit">Open beside</Button>
            </form>
            <div className="chips">
              {EXAMPLE_CHIPS.map((chip) => (
                <button
                  key={chip.model}
                  type="button"
                  className="chip"
                  title={chip.title ?? chip.model}
                  onClick={() => open(chip.model)}
                >
                  {chip.label}
                  {chip.mark && <span className="chip-mark"> {chip.mark}</span>}
                </button>
              ))}
            </div>
            {repo !== null && (
              <RevisionSelect repo={repo} onChoose={(revision) => open(`${repo}@${revision}`)} />
            )}
            <div>
              <Button onClick={() => files.current?.click()}>Files to compare…</Button>
              <input
                ref={files}
                type="file"
                multiple
                hidden
                aria-label="Files of the second model"
                onChange={(event) => {
                  const picked = pickedFiles(event.target.files);
                  // Emptied, so that choosing the same file again is a change too.
                  event.target.value = '';
                  if (picked.length === 0) return;
                  close();
                  actions.folder.take(picked, 'beside');
                }}
              />
            </div>
          </div>
        )}
      </details>
      {isPair && (
        <Button
          kind="quiet"
          title="Left to right: the difference changes its sign"
          onClick={actions.beside.swap}
        >
          Swap
        </Button>
      )}
    </div>
  );
}
