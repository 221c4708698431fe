import type { ReactNode } from 'react';
import { colourDomain } from '../../figures/colourDomain.ts';
import { metricFor } from '../../figures/metric.ts';
import type { PaletteName } from '../../figures/palette.ts';
import { useAppState } from '../appContext.ts';
import { Legend } from '../heatmap/Legend.tsx';
import {
  Directionality,
  FormOfHead,
  Ratio,
  Score,
  ScoreOfEigenvalues,
  SmallProducts,
  TraceMethod,
  TwoParts,
  ZOfScore,
} from './formulas.tsx';
import { SymmetryPlay } from './SymmetryPlay.tsx';
import './guide.css';

const PAPER = 'https://arxiv.org/abs/2502.10927';
const S = metricFor('s');
/** The whole range, with the mark of random orientations for a d of common size. */
const EXAMPLE = { domain: colourDomain([], S, { mode: 'fixed' }), dModel: 768 };

/** The ends of each palette. */
const COLOUR_WORDS: Readonly<Record<PaletteName, string>> = {
  RdBu: 'Blue is symmetric, red antisymmetric, pale neither.',
  PuOr: 'Purple is symmetric, orange antisymmetric, pale neither.',
  cividis: 'Yellow is symmetric, dark blue antisymmetric, grey neither.',
};

/** What is measured, how the map is read, and what the numbers can and can't say. */
export function Guide() {
  const palette = useAppState((state) => state.settings.palette);
  return (
    <div className="guide">
      <Part title="What is measured">
        <p>
          An attention head makes a query of one token’s vector <i>x</i> and a key of another’s, <i>y</i>. The
          two weight matrices act together as one square matrix M, which says how much x looks at y:
        </p>
        <FormOfHead />
        <p>
          Where M is symmetric, x looks at y exactly as much as y at x. Where it is antisymmetric, one looks
          as much as the other looks away. Every M is the sum of such parts:
        </p>
        <TwoParts />
      </Part>
      <Part title="r and s">
        <p>r is the share of M’s energy that lies in the symmetric part; s is the same on a scale about 0.</p>
        <Ratio />
        <Score />
        <SymmetryPlay />
        <p>
          r = 0.5 and s = 0 mean no preference. The paper plots s, its notebook prints r; they are always
          labelled here.
        </p>
      </Part>
      <Part title="Reading the map">
        <p>
          A row is a layer, with layer 0 on top; a column is a head. {COLOUR_WORDS[palette]} The colours end
          where the legend says so, and values beyond are counted beside it. Right of the map stand each
          layer’s median and quartiles. A hatched cell has no value; hover over it for the reason.
        </p>
        <Legend metric={S} domain={EXAMPLE.domain} dModel={EXAMPLE.dModel} />
        <p>
          Hover over a cell for its values; click to pin it. With keys: arrows move, Enter pins, Escape
          unpins.
        </p>
      </Part>
      <Part title="Chance">
        <p>
          Random weights have an s too: about 1/d, with a standard deviation of √2/d, where d is the width of
          the model. z counts how many of these a head lies away:
        </p>
        <ZOfScore />
        <p>
          |z| below 2 is what chance gives. Heads whose energy lies in a few directions spread wider than
          that, so the pinned head has a p-value too, from random orientations with its own singular values.
          Cross attention has neither: its queries and keys belong to different spaces, and trained heads lie
          as random ones do.
        </p>
      </Part>
      <Part title="Directionality">
        <p>
          The paper’s second score distinguishes queries from keys: M’s rows belong to x, which looks, and its
          columns to y, which is looked at. Of the norms of the rows, and of those of the columns, it sums
          what lies above their mean and two standard deviations:
        </p>
        <Directionality />
        <p>
          Above 0 it is columns that stand out, below 0 rows; where none does, it is undefined. Swapping
          queries and keys changes its sign and leaves s as it is. The paper’s figures show its negative. It
          takes another pass over the weights, when you ask for it: <i>measure directionality</i>.
        </p>
      </Part>
      <Part title="Norm or trace">
        <p>
          By the definition, M is formed and its norms are taken: the <i>norm</i> method, d² · dh steps a
          head. The <i>trace</i> method never forms M. Three products of size dh × dh say all:
        </p>
        <SmallProducts />
        <TraceMethod />
        <p>That takes d · dh² steps, and gives the same r. The Timing panel measures both on your machine.</p>
      </Part>
      <Part title="A head’s spectrum">
        <p>M’s eigenvalues are those of C. Real ones add to s, imaginary ones take from it:</p>
        <ScoreOfEigenvalues />
        <p>
          The effective rank says how many directions a head uses. Transpose partners are two heads of a layer
          that do in turn what a symmetric head does alone.
        </p>
      </Part>
      <Part title="What the paper finds">
        <p>
          The paper finds that models trained in both directions, as BERT is, become symmetric, and that
          models trained to predict the next token do less so: <PaperLink />. The scores are of the weights as
          stored, without biases, LayerNorm or rotary positions, unless the status line says otherwise.
        </p>
      </Part>
    </div>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section>
      <h3>{title}</h3>
      {children}
    </section>
  );
}

function PaperLink() {
  return (
    <a href={PAPER} target="_blank" rel="noreferrer">
      arXiv:2502.10927
    </a>
  );
}
