import { type KeyboardEvent, useId, useState } from 'react';
import type { Suggestion } from '../../core/repos/index.ts';
import { useSuggestions } from './useSuggestions.ts';

interface ModelComboboxProps {
  readonly text: string;
  readonly onText: (text: string) => void;
  /** A suggestion was taken. */
  readonly onOpen: (model: string) => void;
  readonly label?: string;
  readonly placeholder?: string;
}

/**
 * The model's input with the hub's suggestions under it (WAI-ARIA's combobox pattern, list autocomplete). Our own: the
 * widget library's brings some 40 kB into the first load for this one list.
 */
export function ModelCombobox({
  text,
  onText,
  onOpen,
  label = 'Model',
  placeholder = 'gpt2, owner/model@rev, a hub URL … or drop a file',
}: ModelComboboxProps) {
  const listId = useId();
  const [isOpen, setIsOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const suggestions = useSuggestions(text, isOpen);
  const isShown = isOpen && suggestions.length > 0;
  const take = (suggestion: Suggestion) => {
    setIsOpen(false);
    setActive(-1);
    onOpen(suggestion.id);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const chosen = suggestions[active];
    if (event.key === 'Escape' && isShown) {
      event.preventDefault();
      setIsOpen(false);
      setActive(-1);
    } else if (event.key === 'Enter') {
      // Without a highlighted one, Enter opens what was typed.
      setIsOpen(false);
      if (!isShown || chosen === undefined) return;
      event.preventDefault();
      take(chosen);
    } else if ((event.key === 'ArrowDown' || event.key === 'ArrowUp') && suggestions.length > 0) {
      event.preventDefault();
      setIsOpen(true);
      const step = event.key === 'ArrowDown' ? 1 : -1;
      // One place beyond either end is the text itself.
      const places = suggestions.length + 1;
      setActive(((active + 1 + step + places) % places) - 1);
    }
  };
  return (
    <div className="combobox">
      <label className="picker-label">
        <span className="visually-hidden">{label}</span>
        <input
          className="input picker-input"
          type="text"
          name="model"
          role="combobox"
          aria-expanded={isShown}
          aria-controls={listId}
          aria-autocomplete="list"
          aria-activedescendant={isShown && active >= 0 ? `${listId}-${active}` : undefined}
          value={text}
          placeholder={placeholder}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          onChange={(event) => {
            onText(event.target.value);
            setIsOpen(true);
            setActive(-1);
          }}
          onBlur={() => setIsOpen(false)}
          onKeyDown={onKeyDown}
        />
      </label>
      <div
        id={listId}
        role="listbox"
        aria-label="Models on the hub"
        className="combobox-list"
        hidden={!isShown}
      >
        {suggestions.map((suggestion, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents lint/a11y/useFocusableInteractive: the input has the focus and hears the keys
          <div
            key={suggestion.id}
            id={`${listId}-${index}`}
            role="option"
            aria-selected={index === active}
            className="combobox-option"
            // The input keeps the focus.
            onMouseDown={(event) => event.preventDefault()}
            onMouseEnter={() => setActive(index)}
            onClick={() => take(suggestion)}
          >
            <span>{suggestion.id}</span>
            <span className="quiet">{detailOf(suggestion)}</span>
          </div>
        ))}
      </div>
    </div>
  );
}

const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

function detailOf({ downloads, isGated }: Suggestion): string {
  const parts = [
    ...(isGated ? ['gated'] : []),
    ...(downloads === null ? [] : [`${compact.format(downloads)} downloads`]),
  ];
  return parts.join(' · ');
}
