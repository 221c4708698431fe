interface Chip {
  readonly label: string;
  /** What goes into the input when it is clicked. */
  readonly model: string;
  /** A word behind the label, and the sentence that explains it. */
  readonly mark?: string;
  readonly title?: string;
}

const EXAMPLE_CHIPS: readonly Chip[] = [
  { label: 'gpt2', model: 'gpt2' },
  { label: 'bert-large-uncased', model: 'bert-large-uncased' },
  { label: 'TinyStories-8M', model: 'roneneldan/TinyStories-8M' },
  {
    label: 'Llama-2-7b',
    model: 'meta-llama/Llama-2-7b-hf',
    mark: 'gated',
    title: 'Accept its licence on the hub, then enter an access token in the settings.',
  },
];

/** Models to begin with, one click each. */
export function ModelChips({ onOpen }: { readonly onOpen: (model: string) => void }) {
  return EXAMPLE_CHIPS.map(({ label, model, mark, title = model }) => (
    <button key={model} type="button" className="chip" title={title} onClick={() => onOpen(model)}>
      {label}
      {mark && <span className="chip-mark"> {mark}</span>}
    </button>
  ));
}
