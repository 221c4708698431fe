// What the page reads besides weights: the user's scores, figures and results, links, and the hub's answers.
import { deflateSync, inflateSync } from 'node:zlib';
import { readResultFile } from '../../src/core/embedded/resultFile.ts';
import { embedInSvg } from '../../src/core/embedded/svgResult.ts';
import { parseFragment } from '../../src/core/links/fragment.ts';
import { packScores, unpackScores } from '../../src/core/links/linkScores.ts';
import { readHubRefs } from '../../src/core/repos/hubRefs.ts';
import { openHubRepo } from '../../src/core/repos/hubRepo.ts';
import { searchHub } from '../../src/core/repos/hubSearch.ts';
import { parseUserScores } from '../../src/core/userScores/parseUserScores.ts';
import { analyseLocal, lastOf } from '../../tests/support/analyseLocal.ts';
import { caseFiles } from '../../tests/support/oracle.ts';
import { chunksOf, PIXEL, pngOf } from '../../tests/support/pngBytes.ts';
import { outcomeOfReading } from './refusal.ts';
import { assertShowable, Fault, type JsonInside, type Seed, type Target } from './target.ts';

const utf8 = (text: string) => new Uint8Array(Buffer.from(text));
const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8');
const wholeText = (bytes: Uint8Array): JsonInside => ({ text: textOf(bytes), replace: utf8 });

const CSV = `layer,head,induction,previous token
0,0,0.51,-1.5e-3
0,1,"0.25",
1,0,NaN,2
1,1,1e3,0.125
`;
const userScores: Target = {
  name: 'user scores',
  edits: ['bytes', 'pieces', 'json', 'json'],
  seeds: () => [
    { name: 'scores.csv', bytes: utf8(CSV) },
    { name: 'scores.tsv', bytes: utf8(CSV.replaceAll(',', '\t')) },
    { name: 'semicolons.csv', bytes: utf8('head;score\nL0H0;0,5\nL0H1;1,25\n') },
    { name: 'scores.json', bytes: utf8('{"induction":[[0.1,0.2],[0.3,null]],"other":[[1,2],[3,4]]}') },
    { name: 'rows.json', bytes: utf8('[{"layer":0,"head":1,"score":0.5},{"layer":1,"head":0,"score":-2}]') },
  ],
  jsonIn: wholeText,
  check: ({ name }, bytes) =>
    outcomeOfReading(() => {
      const scores = parseUserScores(bytes, name);
      for (const { entries } of scores.columns)
        for (const { value } of entries)
          if (value !== null && !Number.isFinite(value)) throw new Fault(`A score of ${value}`);
      return scores;
    }),
};

/** A result as the page exports it. */
const { result } = lastOf(await analyseLocal(caseFiles('codegen-f16')), 'done');
const RESULT = JSON.stringify(result);

const readsAs = (name: string) => (_: Seed, bytes: Uint8Array) =>
  outcomeOfReading(async () => {
    const { results } = await readResultFile({
      path: name,
      blob: new Blob([bytes as Uint8Array<ArrayBuffer>]),
    });
    return results;
  });

/** A PNG with the text deflated in an iTXt chunk; written by Node's own zlib. */
function pngWith(text: string): Uint8Array {
  const data = Buffer.concat([Buffer.from('qkscope\0\x01\0\0\0', 'latin1'), deflateSync(Buffer.from(text))]);
  return pngOf(PIXEL.toSpliced(1, 0, { type: 'iTXt', data }));
}

const figures: readonly Target[] = [
  {
    name: 'PNG',
    edits: ['bytes', 'numbers', 'pieces', 'json', 'json'],
    seeds: () => [{ name: 'figure.png', bytes: pngWith(RESULT) }],
    jsonIn(bytes) {
      try {
        const { data } = chunksOf(bytes).find(({ type }) => type === 'iTXt')!;
        return { text: inflateSync(data.subarray(12)).toString('utf8'), replace: pngWith };
      } catch {
        // An edit before broke it.
        return null;
      }
    },
    check: readsAs('figure.png'),
  },
  {
    name: 'SVG',
    edits: ['bytes', 'pieces', 'json'],
    seeds: () => [
      {
        name: 'figure.svg',
        bytes: utf8(embedInSvg('<svg xmlns="http://www.w3.org/2000/svg"><title>x</title></svg>', RESULT)),
      },
    ],
    jsonIn: wholeText,
    check: readsAs('figure.svg'),
  },
  {
    name: 'result JSON',
    edits: ['bytes', 'json', 'json', 'json'],
    seeds: () => [
      { name: 'result.json', bytes: utf8(RESULT) },
      { name: 'two results.json', bytes: utf8(`[${RESULT},${RESULT}]`) },
    ],
    jsonIn: wholeText,
    check: readsAs('result.json'),
  },
];

const link: Target = {
  name: 'link',
  edits: ['bytes', 'pieces'],
  seeds() {
    const scores = packScores(
      { format: 'safetensors', dtype: 'F32', day: '2026-11-30', stacks: result.stacks },
      '1e-4',
    );
    return [
      '#m=openai-community/gpt2@607a30d783df&metric=r&sel=L5H9&scale=-0.25,0.5',
      '#m=o/m@refs/pr/1&file=model.gguf&split=num_attention_heads:4/2&stack=decoder.self',
      '#m=local:0123456789abcdef:my%20model.safetensors&scale=0.001,3,log',
      '#m=sample:masked&stack=self&with=gpt2@main&with.stack=decoder.self',
      `#m=owner/model@607a30d783df&d=${scores}`,
    ].map((text, at) => ({ name: `link ${at}`, bytes: utf8(text) }));
  },
  async check(_, bytes) {
    const text = textOf(bytes);
    // The fragment's reader never throws.
    const { link: page, problems } = parseFragment(text);
    assertShowable({ page, notes: problems });
    const packed = page.models.find(({ scores }) => scores !== undefined)?.scores;
    if (packed === undefined) return problems.length === 0 ? 'read' : 'refused';
    return outcomeOfReading(() => {
      const scores = unpackScores(packed);
      for (const { layers } of scores.stacks)
        for (const { heads } of layers)
          for (const { r } of heads) if (r !== null && !(r >= 0 && r <= 1)) throw new Fault(`r = ${r}`);
      return scores;
    });
  },
};

/** The packed bytes of a link's scores, with the check over them made again, so that what they say is read. */
const linkScores: Target = {
  name: 'link scores',
  edits: ['bytes', 'numbers', 'pieces'],
  seeds() {
    const text = packScores(
      { format: 'safetensors', dtype: 'F32', day: '2026-11-30', stacks: result.stacks },
      '1e-4',
    );
    const all = Buffer.from(text.slice(text.lastIndexOf('.') + 1), 'base64url');
    return [{ name: 'packed scores', bytes: new Uint8Array(all.subarray(3)) }];
  },
  check: (_, body) =>
    outcomeOfReading(() =>
      unpackScores(`1e-4.${Buffer.concat([checkOf('1e-4', body), body]).toString('base64url')}`),
    ),
};

/** FNV-1a over the tolerance and the bytes, folded to three. */
function checkOf(tolerance: string, body: Uint8Array): Uint8Array {
  let hash = 0x811c9dc5n;
  for (const byte of [...Buffer.from(tolerance), ...body])
    hash = ((hash ^ BigInt(byte)) * 0x01000193n) & 0xffffffffn;
  hash ^= hash >> 24n;
  return Uint8Array.of(...[0n, 8n, 16n].map((bits) => Number((hash >> bits) & 255n)));
}

const COMMIT = '607a30d783dfa663caf39e06633721c8d4cfcd7e';
const hub: Target = {
  name: 'hub answers',
  edits: ['bytes', 'pieces', 'json', 'json', 'json'],
  seeds: () => [
    {
      name: 'info',
      bytes: utf8(
        JSON.stringify({
          ...{ _id: '6', id: 'owner/model', sha: COMMIT, gated: false },
          siblings: [
            'config.json',
            'model.safetensors',
            'model-00001-of-00002.safetensors',
            'model.Q4_K_M.gguf',
            'pytorch_model.bin',
          ].map((rfilename, at) => ({ rfilename, size: 1000 * at, lfs: null })),
        }),
      ),
    },
    {
      name: 'search',
      bytes: utf8(
        JSON.stringify([
          { id: 'owner/model', downloads: 5, gated: 'auto' },
          { id: 'gpt2', gated: false },
        ]),
      ),
    },
    {
      name: 'refs',
      bytes: utf8(
        JSON.stringify({
          branches: [{ name: 'main', ref: 'refs/heads/main', targetCommit: COMMIT }],
          tags: [{ name: 'step1000', targetCommit: COMMIT }],
        }),
      ),
    },
  ],
  jsonIn: wholeText,
  check({ name }, bytes) {
    // Held: in Node the body of a Response that nobody holds any more now and then never ends.
    const held: Response[] = [];
    const answers = async () => {
      const response = new Response(bytes as Uint8Array<ArrayBuffer>);
      held.push(response);
      return response;
    };
    const retry = { sleep: async () => {}, random: () => 0 };
    const hubUrl = 'https://hub.example';
    return outcomeOfReading(async () => {
      if (name === 'search') return searchHub({ hubUrl, query: 'm', limit: 10, fetch: answers });
      if (name === 'refs') return readHubRefs({ hubUrl, repo: 'owner/model', fetch: answers, retry });
      const { identity, paths, weightSets } = await openHubRepo({
        hubUrl,
        repo: 'owner/model',
        fetch: answers,
        retry,
      });
      return { identity, paths, weightSets };
    }).finally(() => held.splice(0));
  },
};

export const TEXT_TARGETS: readonly Target[] = [userScores, ...figures, link, linkScores, hub];
