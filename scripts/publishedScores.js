/**
 * Writes src/core/published/models.json from the scores of arXiv:2502.10927: the pickles under `_results` of the
 * paper's repository (attention-geometry, commit 9b7528b), read into one JSON list of entries {file, model, entry_form,
 * parameters, symmetry_score, verdict, why}. symmetry_score is s = 2r − 1 of each whole layer, six digits; verdict and
 * why come from reading the code that made the entry.
 *
 *   node scripts/publishedScores.js entries.json
 */
import { readFileSync, writeFileSync } from 'node:fs';

const OUT = new URL('../src/core/published/models.json', import.meta.url);
/** Entries nearer than this in every layer are of the same weights: s is given to six digits. */
const SAME = 5e-6;

const DECODERS = /[Dd]ecoder|GPT|LLAMA|MISTRAL|MobileLLM|Pythia|phi-|Tiny-GPT/;
/** Files whose names say otherwise: these are towers of images. */
const ENCODERS = /GIT-images|vision-models\/LLAMA/;

/** Which of the page's reasons an entry's words are. */
const REASONS = [
  [/random initialisation/, 'random-weights'],
  [/h mod n_kv/, 'key-heads'],
  [/never transposes/, 'not-transposed'],
  [/per-head \[q,k,v\] interleaved/, 'interleaved'],
  [/encoder_attn/, 'cross-attention'],
  [/5 of 6 decoder layers|only 24 of 32 layers|first 6 vision layers/, 'layers-missing'],
  [/VISION encoder/, 'vision-tower'],
];

/** Short names of entries that no other entry tells the repository of. */
const REPOSITORIES = {
  'llama3-8b': 'meta-llama/Meta-Llama-3-8B',
  'llama3.2-1b': 'meta-llama/Llama-3.2-1B',
  'gpt-neo-2.7b': 'EleutherAI/gpt-neo-2.7B',
};

const entries = JSON.parse(readFileSync(process.argv[2], 'utf8'))
  .filter(({ verdict, model }) => verdict !== 'misplaced' && model !== 'llama3.2-8b')
  // Entries of hub ids before those of short names, entries of their own before copies in other files.
  .sort((a, b) => rank(a) - rank(b));

const kept = [];
for (const entry of entries) {
  const kind = DECODERS.test(entry.file) && !ENCODERS.test(entry.file) ? 'decoder' : 'encoder';
  const twin = kept.find((other) => other.kind === kind && isSame(other.scores, entry.symmetry_score));
  if (twin) {
    if (entry.entry_form !== 'old-7' && !twin.models.includes(entry.model)) twin.models.push(entry.model);
    continue;
  }
  const isOwn = entry.file.startsWith('custom-models');
  kept.push({
    models: [isOwn ? `paper/${stem(entry.file)}` : (REPOSITORIES[entry.model] ?? entry.model)],
    group: isOwn ? 'own' : entry.file.split('-')[0],
    kind,
    parameters: entry.parameters,
    verdict: verdictOf(entry),
    why: REASONS.filter(([words]) => words.test(entry.why)).map(([, code]) => code),
    scores: entry.symmetry_score,
  });
}

const models = kept
  .map(({ scores, ...entry }) => ({ ...entry, s: scores.join(' ') }))
  .sort((a, b) => order(a).localeCompare(order(b), 'en'));
const source =
  'arXiv:2502.10927, repository attention-geometry at 9b7528b, _results/*.pkl: s = 2r - 1 of whole layers, raw weights';
writeFileSync(OUT, `${JSON.stringify({ source, models }, null, 2)}\n`);
console.log(
  `${models.length} entries, ${models.filter(({ verdict }) => verdict === 'ok').length} of them right`,
);

function rank({ entry_form, why, verdict }) {
  return (verdict === 'ok' ? 0 : 4) + (/six copies/.test(why) ? 2 : 0) + (entry_form === 'old-7' ? 1 : 0);
}

function order({ models, kind, verdict }) {
  return `${models[0].toLowerCase()} ${kind} ${verdict}`;
}

function verdictOf({ verdict }) {
  if (verdict === 'ok' || verdict === 'wrong' || verdict === 'partial') return verdict;
  // The values are right; what was published beside them isn't.
  return verdict === 'not-self-attention' ? verdict : 'other';
}

function stem(file) {
  return file.split('/').at(-1).replace('.pkl', '');
}

function isSame(a, b) {
  return a.length === b.length && a.every((value, layer) => Math.abs(value - b[layer]) <= SAME);
}
