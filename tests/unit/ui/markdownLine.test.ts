import { expect, it } from 'vitest';
import { metricFor } from '../../../src/figures/metric.ts';
import { markdownLine } from '../../../src/ui/export/markdownLine.ts';
import { fakeView } from '../figures/fakeResult.ts';

const S = metricFor('s');
const view = fakeView({ layers: 1, heads: 5, score: (_, head) => [0.4, -0.2, 0.1, 0, 0.3][head] ?? null });

it('a line of Markdown says the medians, the convention and the link', () => {
  expect(markdownLine([view], S, 'raw weights, no RoPE', 'https://x.example/#m=a/b&d=(1)')).toBe(
    'owner/model: median s 0.100 over 5 heads (quartiles 0 and 0.300) · raw weights, no RoPE · [QKScope](<https://x.example/#m=a/b&d=(1)>)\n',
  );
});

it('names both models, and says so where one has no values or no link leads there', () => {
  const waiting = { ...fakeView({ arrived: 0 }), title: 'other' };
  expect(markdownLine([view, waiting], S, 'raw weights', null)).toMatch(
    /^owner\/model: median s .*; other: no head has symmetry score s · raw weights · QKScope\n$/,
  );
});

it('nothing in a name becomes markup', () => {
  const title = 'a*b_[c](javascript:x)\n<img src=x>';
  const line = markdownLine([{ ...view, title }], S, 'raw', null);
  expect(line.startsWith('a\\*b\\_\\[c\\](javascript:x) \\<img src=x\\>: median')).toBe(true);
  expect(line.trim()).not.toContain('\n');
});
