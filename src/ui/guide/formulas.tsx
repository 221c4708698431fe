import {
  Bracketed,
  Cell,
  Equation,
  Formula,
  Half,
  NormSquared,
  OverNorm,
  SumOverCells,
  Trace,
  Transposed,
  W,
  WithTransposed,
} from './mathParts.tsx';

/** M = Wq Wkᵀ, and how much x looks at y. */
export function FormOfHead() {
  return (
    <Equation of="M">
      <W of="q" />
      <Transposed>
        <W of="k" />
      </Transposed>
      <mo>,</mo>
      <mi mathvariant="normal">&emsp;</mi>
      <mi>score</mi>
      <Bracketed>
        <mi>x</mi>
        <mo>,</mo>
        <mi>y</mi>
      </Bracketed>
      <mo>∝</mo>
      <Transposed>
        <mi>x</mi>
      </Transposed>
      <mi>M</mi>
      <mi>y</mi>
    </Equation>
  );
}

/** M as the sum of its two parts. */
export function TwoParts() {
  return (
    <Equation of="M">
      <Half />
      <Bracketed>
        <WithTransposed sign="+" />
      </Bracketed>
      <mo>+</mo>
      <Half />
      <Bracketed>
        <WithTransposed sign="−" />
      </Bracketed>
    </Equation>
  );
}

export function Ratio() {
  return (
    <Equation of="r">
      <OverNorm>
        <NormSquared>
          <Half />
          <Bracketed>
            <WithTransposed sign="+" />
          </Bracketed>
        </NormSquared>
      </OverNorm>
    </Equation>
  );
}

export function Score() {
  return (
    <Equation of="s">
      <mn>2</mn>
      <mi>r</mi>
      <mo>−</mo>
      <mn>1</mn>
      <mo>=</mo>
      <OverNorm>
        <Trace>
          <mi>M</mi>
          <mi>M</mi>
        </Trace>
      </OverNorm>
    </Equation>
  );
}

export function ZOfScore() {
  return (
    <Equation of="z">
      <Bracketed>
        <mi>s</mi>
        <mo>−</mo>
        <mfrac>
          <mn>1</mn>
          <mi>d</mi>
        </mfrac>
      </Bracketed>
      <mo>·</mo>
      <mfrac>
        <mi>d</mi>
        <msqrt>
          <mn>2</mn>
        </msqrt>
      </mfrac>
    </Equation>
  );
}

/** Directionality from the excess of M's columns and of its rows. */
export function Directionality() {
  return (
    <Equation of="directionality">
      <mfrac>
        <mrow>
          <mi>columns</mi>
          <mo>−</mo>
          <mi>rows</mi>
        </mrow>
        <mrow>
          <mi>columns</mi>
          <mo>+</mo>
          <mi>rows</mi>
        </mrow>
      </mfrac>
    </Equation>
  );
}

const PRODUCTS = [
  { name: 'A', left: 'q', right: 'q' },
  { name: 'B', left: 'k', right: 'k' },
  { name: 'C', left: 'k', right: 'q' },
] as const;

/** A, B and C, side by side where there is room. */
export function SmallProducts() {
  return (
    <p className="formula-row">
      {PRODUCTS.map(({ name, left, right }) => (
        <Formula key={name} inline>
          <mrow>
            <mi>{name}</mi>
            <mo>=</mo>
            <Transposed>
              <W of={left} />
            </Transposed>
            <W of={right} />
          </mrow>
        </Formula>
      ))}
    </p>
  );
}

export function TraceMethod() {
  return (
    <Equation of="r">
      <Half />
      <mrow>
        <mo form="prefix">(</mo>
        <mn>1</mn>
        <mo>+</mo>
        <mfrac>
          <mrow>
            <SumOverCells />
            <Cell of="C" at="ij" />
            <Cell of="C" at="ji" />
          </mrow>
          <mrow>
            <SumOverCells />
            <Cell of="A" at="ij" />
            <Cell of="B" at="ij" />
          </mrow>
        </mfrac>
        <mo form="postfix">)</mo>
      </mrow>
    </Equation>
  );
}

/** s = Σ λ² / ‖M‖² */
export function ScoreOfEigenvalues() {
  return (
    <Equation of="s">
      <OverNorm>
        <mrow>
          <mo>∑</mo>
          <msup>
            <mi>λ</mi>
            <mn>2</mn>
          </msup>
        </mrow>
      </OverNorm>
    </Equation>
  );
}
