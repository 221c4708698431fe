import { type FormEvent, useRef, useState } from 'react';
import type { LocalFile } from '../../core/repos/index.ts';
import { Button } from '../widgets/Button.tsx';
import { lazyWithPreload } from '../widgets/lazyWithPreload.tsx';
import { FilesButton } from './FilesButton.tsx';
import { ModelChips } from './ModelChips.tsx';
import { ModelCombobox } from './ModelCombobox.tsx';
import './picker.css';

const LazyMoreModels = lazyWithPreload(() => import('./MoreModels.tsx'), 'MoreModels', 0);

interface ModelPickerProps {
  readonly text: string;
  readonly onText: (text: string) => void;
  /** The form was sent, or a chip was clicked. */
  readonly onOpen: (model: string) => void;
  readonly onFiles: (files: LocalFile[]) => void;
  readonly onSample: () => void;
}

/** The one input for a model; while it has the focus and is empty, with examples and what was opened last under it. */
export function ModelPicker({ text, onText, onOpen, onFiles, onSample }: ModelPickerProps) {
  // The list is read anew each time the focus comes.
  const [visits, setVisits] = useState(0);
  // Not by :focus-within: while the focus moves from the input into the list, nothing has it, and what is hidden can't take it.
  const [isListOpen, setIsListOpen] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() !== '') onOpen(text.trim());
  };
  const examples = useRef<HTMLFieldSetElement>(null);
  return (
    <div className="picker">
      <form
        className="picker-form"
        onSubmit={submit}
        onFocus={({ target, currentTarget, relatedTarget }) => {
          setIsListOpen(target.role === 'combobox' || (examples.current?.contains(target) ?? false));
          if (!currentTarget.contains(relatedTarget)) setVisits(visits + 1);
        }}
        onBlur={({ currentTarget, relatedTarget }) => {
          if (!currentTarget.contains(relatedTarget)) setIsListOpen(false);
        }}
      >
        <ModelCombobox text={text} onText={onText} onOpen={onOpen} />
        {text === '' && (
          // Behind the input, so that Tab goes on into it.
          // biome-ignore lint/a11y/useKeyWithClickEvents: its links and buttons are pressed; this closes it after them
          <fieldset
            ref={examples}
            aria-label="Models to open"
            className="picker-examples"
            hidden={!isListOpen}
            // The input keeps the focus: the list would go before the button is let go.
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => document.activeElement instanceof HTMLElement && document.activeElement.blur()}
          >
            <span className="quiet">Examples:</span>
            <ModelChips onOpen={onOpen} />
            <button
              type="button"
              className="chip"
              title="Two small models, bundled with the page"
              onClick={onSample}
            >
              sample
            </button>
            {visits > 0 && <LazyMoreModels key={visits} onFiles={onFiles} />}
          </fieldset>
        )}
        <Button type="submit" kind="primary">
          Open
        </Button>
        <FilesButton label="Choose files" inputLabel="Files of a model" onFiles={onFiles} />
      </form>
    </div>
  );
}
