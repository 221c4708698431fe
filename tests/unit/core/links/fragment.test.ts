import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatFragment, parseFragment } from '../../../../src/core/links/fragment.ts';
import type { LinkedModel, LinkedView, PageLink } from '../../../../src/core/links/pageLink.ts';
import {
  LINK_METRICS,
  LINK_PALETTES,
  LINK_PANELS,
  LINK_SCALES,
  LINK_SORTS,
} from '../../../../src/core/links/vocabulary.ts';

const EMPTY: PageLink = { models: [], view: {} };

describe('fragments that stand in links of today, and must be read for ever', () => {
  const links: readonly (readonly [name: string, fragment: string, link: PageLink])[] = [
    ['nothing is the sample as it opens', '', EMPTY],
    [
      'a model of the hub at its commit',
      '#m=openai-community/gpt2@607a30d783df',
      {
        models: [{ source: { kind: 'hub', repo: 'openai-community/gpt2', revision: '607a30d783df' } }],
        view: {},
      },
    ],
    [
      'a model written by hand',
      '#m=gpt2',
      { models: [{ source: { kind: 'hub', repo: 'gpt2', revision: null } }], view: {} },
    ],
    [
      'a view with every key',
      '#m=o/m@refs/pr/1&file=model.gguf&split=num_attention_heads:4/2&stack=decoder.self' +
        '&metric=r&scale=fixed&palette=PuOr&sort=layers&convention=layernorm,qknorm,rope:-3' +
        '&sel=L5H9&compared=L0H1,L2H3&panel=scatter',
      {
        models: [
          {
            source: { kind: 'hub', repo: 'o/m', revision: 'refs/pr/1' },
            weights: 'model.gguf',
            splits: { num_attention_heads: { heads: 4, kvHeads: 2 } },
            stack: 'decoder.self',
          },
        ],
        view: {
          metric: 'r',
          scale: 'fixed',
          palette: 'PuOr',
          sort: 'layers',
          convention: { layerNorm: true, qkNorm: true, ropeOffset: -3 },
          pinned: { layer: 5, head: 9 },
          compared: [
            { layer: 0, head: 1 },
            { layer: 2, head: 3 },
          ],
          panel: 'scatter',
        },
      },
    ],
    [
      'a local file by its fingerprint and its name',
      '#m=local:0123456789abcdef:my%20model.safetensors&scale=-0.25,0.5',
      {
        models: [
          { source: { kind: 'local', fingerprint: '0123456789abcdef', name: 'my model.safetensors' } },
        ],
        view: { scale: { low: -0.25, high: 0.5, isLog: false } },
      },
    ],
    [
      'two models, each with a stack of its own',
      '#m=sample:masked&stack=self&with=gpt2@main&with.stack=decoder.self',
      {
        models: [
          { source: { kind: 'sample', name: 'masked' }, stack: 'self' },
          { source: { kind: 'hub', repo: 'gpt2', revision: 'main' }, stack: 'decoder.self' },
        ],
        view: {},
      },
    ],
    [
      'scores',
      '#m=gpt2&d=1e-4.Ab-_9&scale=0.001,3,log',
      {
        models: [{ source: { kind: 'hub', repo: 'gpt2', revision: null }, scores: '1e-4.Ab-_9' }],
        view: { scale: { low: 0.001, high: 3, isLog: true } },
      },
    ],
  ];
  it.each(links)('%s', (_, fragment, link) => {
    expect(formatFragment(link)).toBe(fragment);
    const parsed = parseFragment(fragment);
    expect(parsed.problems).toEqual([]);
    expect(withoutGaps(parsed.link)).toEqual(link);
  });
});

/** Without the keys whose value is undefined. */
function withoutGaps(link: PageLink): unknown {
  return JSON.parse(JSON.stringify(link));
}

describe('links that someone damaged or made up', () => {
  const HOSTILE: readonly (readonly [name: string, fragment: string])[] = [
    ['a metric that isn’t there', '#metric=entropy'],
    ['another server as a model', '#m=https://evil.example/gpt2'],
    ['a server without its scheme', '#m=evil.example:8080/x/y'],
    ['a path that climbs', '#m=o/m@main/../../x'],
    ['a file outside the repository', '#m=gpt2&file=../../secret'],
    ['a script as a model', '#m=javascript:alert(1)'],
    ['a tag as a model', '#m=%3Cimg%20src%3Dx%3E'],
    ['a control character', '#m=local:0123456789abcdef:a%00b'],
    ['a text that runs backwards', '#m=local:0123456789abcdef:a%E2%80%AEb'],
    ['a short fingerprint', '#m=local:0123'],
    ['broken percent signs', '#metric=%E0%A4%A'],
    ['a head that isn’t one', '#sel=L99999999H1'],
    ['a thousand compared heads', `#compared=${Array(1000).fill('L1H1').join()}`],
    ['a scale from high to low', '#scale=1,-1'],
    ['a log scale from below 0', '#scale=-1,1,log'],
    ['a scale without end', '#scale=0,1e999'],
    ['a convention that says nothing', '#convention='],
    ['a convention twice', '#convention=qknorm,qknorm'],
    ['a split of a prototype', '#m=gpt2&split=__proto__:4'],
    ['10 MB', `#m=${'a'.repeat(10_000_000)}`],
  ];
  it.each(HOSTILE)('%s is left out, with a sentence', (_, fragment) => {
    const { link, problems } = parseFragment(fragment);
    expect(problems).toHaveLength(1);
    expect(problems[0]!.length).toBeLessThan(160);
    expect(problems[0]).not.toMatch(/\p{Cc}|\u202e/u);
    expect(formatFragment(link)).toBe(fragment.startsWith('#m=gpt2&') ? '#m=gpt2' : '');
    expect(({} as Record<string, unknown>).heads).toBeUndefined();
  });

  it('keys that could lead elsewhere are none of a link’s', () => {
    const keys = [
      'hub',
      'hubUrl',
      'mirror',
      'token',
      'hf_token',
      'script',
      'engine',
      'settings',
      '__proto__',
    ];
    const { link, problems } = parseFragment(
      `#${keys.map((key) => `${key}=https://evil.example`).join('&')}`,
    );
    expect(link).toEqual(EMPTY);
    expect(problems).toEqual([]);
  });

  it('a link’s right values stay beside its wrong ones', () => {
    const { link } = parseFragment('#m=gpt2&metric=nope&sel=L1H2&with=%00');
    expect(withoutGaps(link)).toEqual({
      models: [{ source: { kind: 'hub', repo: 'gpt2', revision: null } }],
      view: { pinned: { layer: 1, head: 2 } },
    });
  });

  it('any text gives a link that can be written again and reads the same', () => {
    const keys = ['m', 'with', 'stack', 'split', 'file', 'd', 'metric', 'scale', 'sel', 'convention', 'x'];
    const pairs = fc.array(fc.tuple(fc.constantFrom(...keys), fc.string({ unit: 'binary' })));
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      pairs.map((all) => `#${all.map(([key, value]) => `${key}=${value}`).join('&')}`),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const { link } = parseFragment(text);
        const again = parseFragment(formatFragment(link));
        expect(again).toEqual({ link, problems: [] });
      }),
      { numRuns: 300 },
    );
  });
});

it('every link that can be written reads as it was written', () => {
  const head = fc.record({ layer: fc.nat(9999), head: fc.nat(9999) });
  const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9._-]{0,20}$/);
  const source: fc.Arbitrary<LinkedModel['source']> = fc.oneof(
    fc.record({
      kind: fc.constant('hub' as const),
      repo: fc.oneof(
        name,
        fc.tuple(name, name).map((parts) => parts.join('/')),
      ),
      revision: fc.option(fc.stringMatching(/^[0-9a-f]{12}$/)),
    }),
    fc.record({
      kind: fc.constant('local' as const),
      fingerprint: fc.stringMatching(/^[0-9a-f]{16}$/),
      name: fc.stringMatching(/^[ -~é–漢]{0,40}$/),
    }),
    fc.constant({ kind: 'sample' as const, name: 'causal' }),
  );
  const model = fc.record(
    { source, stack: fc.constantFrom('self', 'decoder.cross') },
    { requiredKeys: ['source'] },
  );
  const view: fc.Arbitrary<LinkedView> = fc.record(
    {
      metric: fc.constantFrom(...LINK_METRICS),
      scale: fc.oneof(
        fc.constantFrom(...LINK_SCALES),
        fc.record({
          low: fc.integer({ min: 1, max: 9 }),
          high: fc.integer({ min: 10, max: 99 }),
          isLog: fc.boolean(),
        }),
      ),
      palette: fc.constantFrom(...LINK_PALETTES),
      sort: fc.constantFrom(...LINK_SORTS),
      panel: fc.constantFrom(...LINK_PANELS),
      pinned: head,
      compared: fc.array(head, { minLength: 1, maxLength: 16 }),
      convention: fc
        .record({
          layerNorm: fc.boolean(),
          qkNorm: fc.boolean(),
          ropeOffset: fc.integer({ min: -4096, max: 4096 }),
        })
        .filter(({ layerNorm, qkNorm, ropeOffset }) => layerNorm || qkNorm || ropeOffset !== 0),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.array(model, { maxLength: 2 }), view, (models, shown) => {
      const fragment = formatFragment({ models, view: shown });
      const { link, problems } = parseFragment(fragment);
      expect(problems).toEqual([]);
      expect(withoutGaps(link)).toEqual({ models, view: shown });
      expect(fragment).toMatch(/^(?:#[\w!$&'()*+,;=:@/?%.~-]+)?$/);
    }),
  );
});

describe('a locked scale', () => {
  const read = (low: number, high: number, isLog = false) => {
    const { link, problems } = parseFragment(
      formatFragment({ models: [], view: { scale: { low, high, isLog } } }),
    );
    expect(problems).toEqual([]);
    return link.view.scale;
  };

  it.each([
    ['whose ends are near each other', 0.1234561, 0.1234562],
    ['near 0', -1.23456789e-7, 1.23456788e-7],
    ['of large norms', 1e13, 3.5e14],
    ['of very large ones', 1.23456789e15, 1.23456788e300],
  ])('%s is read as it is written', (_, low, high) => {
    const scale = read(low, high) as { readonly low: number; readonly high: number };
    expect(scale.low / low).toBeCloseTo(1, 5);
    expect(scale.high / high).toBeCloseTo(1, 5);
    expect(read(scale.low, scale.high)).toEqual(scale);
  });

  it('is short where six digits tell its ends apart', () => {
    const scale = { low: -0.123456789, high: 1 / 3, isLog: false };
    expect(formatFragment({ models: [], view: { scale } })).toBe('#scale=-0.123457,0.333333');
  });

  it('is read whatever its ends', () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.integer({ min: 1, max: 1e9 }),
        (low, step) => {
          const high = low + Math.abs(low) * 1e-11 * step + Number.MIN_VALUE;
          if (low < high && high < 1e308 && low > -1e308) expect(read(low, high)).toBeDefined();
        },
      ),
    );
  });
});
