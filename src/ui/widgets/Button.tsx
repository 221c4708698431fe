import type { ComponentProps } from 'react';
import './button.css';

interface ButtonProps extends ComponentProps<'button'> {
  /** plain: a frame; primary: what most people want here, one a view; quiet: a word among others. */
  readonly kind?: 'plain' | 'primary' | 'quiet';
}

/** A button in the page's look. It never submits a form unless it is told to. */
export function Button({ kind = 'plain', className = '', type = 'button', ...rest }: ButtonProps) {
  return <button type={type} className={`button button-${kind} ${className}`.trim()} {...rest} />;
}
