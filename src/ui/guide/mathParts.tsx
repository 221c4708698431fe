import type { ReactNode } from 'react';

/** A formula in MathML, which browsers set themselves and screen readers read. */
export function Formula({
  children,
  inline = false,
}: {
  readonly children: ReactNode;
  readonly inline?: boolean;
}) {
  return (
    <math display={inline ? 'inline' : 'block'} className={inline ? undefined : 'formula'}>
      {children}
    </math>
  );
}

/** Wq or Wk. */
export function W({ of }: { readonly of: 'q' | 'k' }) {
  return (
    <msub>
      <mi>W</mi>
      <mi>{of}</mi>
    </msub>
  );
}

export function Transposed({ children }: { readonly children: ReactNode }) {
  return (
    <msup>
      {children}
      <mi mathvariant="normal">T</mi>
    </msup>
  );
}

/** ‖…‖²: the exponent hangs on the closing bar, or it would fly above tall contents. */
export function NormSquared({ children }: { readonly children: ReactNode }) {
  return (
    <mrow>
      <mo form="prefix" stretchy="false">
        ‖
      </mo>
      {children}
      <msup>
        <mo form="postfix" stretchy="false">
          ‖
        </mo>
        <mn>2</mn>
      </msup>
    </mrow>
  );
}

export function Half() {
  return (
    <mfrac>
      <mn>1</mn>
      <mn>2</mn>
    </mfrac>
  );
}

/** ( … ) */
export function Bracketed({ children }: { readonly children: ReactNode }) {
  return (
    <mrow>
      <mo form="prefix" stretchy="false">
        (
      </mo>
      {children}
      <mo form="postfix" stretchy="false">
        )
      </mo>
    </mrow>
  );
}

/** M + Mᵀ or M − Mᵀ */
export function WithTransposed({ sign }: { readonly sign: '+' | '−' }) {
  return (
    <mrow>
      <mi>M</mi>
      <mo>{sign}</mo>
      <Transposed>
        <mi>M</mi>
      </Transposed>
    </mrow>
  );
}

/** Σᵢⱼ */
export function SumOverCells() {
  return (
    <munder>
      <mo>∑</mo>
      <mrow>
        <mi>i</mi>
        <mi>j</mi>
      </mrow>
    </munder>
  );
}

/** A cell of a matrix: Aᵢⱼ */
export function Cell({ of, at }: { readonly of: string; readonly at: 'ij' | 'ji' }) {
  return (
    <msub>
      <mi>{of}</mi>
      <mrow>
        <mi>{at[0]}</mi>
        <mi>{at[1]}</mi>
      </mrow>
    </msub>
  );
}

/** tr(…) */
export function Trace({ children }: { readonly children: ReactNode }) {
  return (
    <mrow>
      <mi>tr</mi>
      <Bracketed>{children}</Bracketed>
    </mrow>
  );
}

/** "r = …" */
export function Equation({ of, children }: { readonly of: string; readonly children: ReactNode }) {
  return (
    <Formula>
      <mrow>
        <mi>{of}</mi>
        <mo>=</mo>
        {children}
      </mrow>
    </Formula>
  );
}

/** … / ‖M‖² */
export function OverNorm({ children }: { readonly children: ReactNode }) {
  return (
    <mfrac>
      {children}
      <NormSquared>
        <mi>M</mi>
      </NormSquared>
    </mfrac>
  );
}
