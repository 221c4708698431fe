import type { FormEvent } from 'react';
import type { LocalFile } from '../../core/repos/index.ts';
import { GuideButton } from '../guide/GuideButton.tsx';
import { Button } from '../widgets/Button.tsx';
import { FilesButton } from './FilesButton.tsx';
import { ModelChips } from './ModelChips.tsx';
import { ModelCombobox } from './ModelCombobox.tsx';
import './picker.css';

interface ModelPickerProps {
  readonly text: string;
  readonly onText: (text: string) => void;
  /** The form was sent, or a chip was clicked. */
  readonly onOpen: (model: string) => void;
  readonly onFiles: (files: LocalFile[]) => void;
  readonly onSample: () => void;
}

/** The one input for a model, with examples under it. */
export function ModelPicker({ text, onText, onOpen, onFiles, onSample }: ModelPickerProps) {
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() !== '') onOpen(text.trim());
  };
  const open = (model: string) => {
    onText(model);
    onOpen(model);
  };
  return (
    <div className="picker">
      <form className="picker-form" onSubmit={submit}>
        <ModelCombobox text={text} onText={onText} onOpen={open} />
        <Button type="submit" kind="primary">
          Open
        </Button>
        <FilesButton label="Choose files" inputLabel="Files of a model" onFiles={onFiles} />
      </form>
      <div className="chips">
        <ModelChips onOpen={open} />
        <button
          type="button"
          className="chip"
          title="Two small models, bundled with the page"
          onClick={onSample}
        >
          sample
        </button>
        <span className="picker-promise">files never leave your machine</span>
        <GuideButton />
      </div>
    </div>
  );
}
