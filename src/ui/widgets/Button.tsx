import type { ButtonHTMLAttributes } from 'react';
import './button.css';

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** plain: a frame; primary: what most people want here, one a view; quiet: a word among others. */
  readonly kind?: 'plain' | 'primary' | 'quiet';
}

export function Button({ kind = 'plain', className = '', type = 'button', ...rest }: ButtonProps) {
  return <button type={type} className={`button button-${kind} ${className}`.trim()} {...rest} />;
}
