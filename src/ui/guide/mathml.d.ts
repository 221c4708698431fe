// Teaches React's types the MathML elements that the guide draws its formulas with.
import type { ClassAttributes, HTMLAttributes } from 'react';

/** React renders MathML Core; its types don't list the elements. */
interface MathAttributes extends ClassAttributes<MathMLElement>, HTMLAttributes<MathMLElement> {
  readonly display?: 'block' | 'inline';
  readonly mathvariant?: 'normal';
  readonly stretchy?: 'true' | 'false';
  readonly fence?: 'true';
  readonly form?: 'prefix' | 'infix' | 'postfix';
}

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      math: MathAttributes;
      mrow: MathAttributes;
      mi: MathAttributes;
      mn: MathAttributes;
      mo: MathAttributes;
      msub: MathAttributes;
      msup: MathAttributes;
      msubsup: MathAttributes;
      munder: MathAttributes;
      mfrac: MathAttributes;
      msqrt: MathAttributes;
    }
  }
}
