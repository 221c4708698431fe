// `npm run check:hub -- gpt2`: the page's own reader against the real hub, for whoever has a network.
//   npm run check:hub -- owner/model[@revision] [--hub https://huggingface.co]
// Prints the commit, the bytes, and r of every head by the float64 engine, beside the notebook's printed values where it
// has this model.
import { parseArgs } from 'node:util';
import { analyse } from '../src/core/analysis/analyse.ts';
import { createReferenceEngine } from '../src/core/engines/reference/referenceEngine.ts';
import { compareWithNotebook } from '../src/core/notebook/notebookScores.ts';
import { parseModelId } from '../src/core/repos/modelId.ts';
import { openRepo } from '../src/core/repos/openRepo.ts';
import type { ModelChoice } from '../src/core/repos/repo.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { hub: { type: 'string', default: 'https://huggingface.co' } },
});
if (positionals.length !== 1) {
  console.error('Name one model: npm run check:hub -- gpt2');
  process.exit(2);
}
const deps = {
  openRepo: (choice: ModelChoice, signal: AbortSignal) =>
    openRepo(choice, { hubUrl: values.hub, fetch }, signal),
  chooseEngine: async () => ({ engine: createReferenceEngine(), reason: 'float64' }),
  replaceEngine: async () => null,
  now: () => performance.now(),
  date: () => new Date().toISOString(),
  appVersion: 'check:hub',
};
let failed = false;
const choice: ModelChoice = { kind: 'hub', ...parseModelId(positionals[0]!) };
for await (const event of analyse({ choice }, deps, new AbortController().signal)) {
  switch (event.type) {
    case 'plan':
      console.log(
        `${event.model.id}@${event.model.sha}: ${event.shape.layers} layers × ${event.shape.heads} heads; will read ${event.bytes.planned} of ${event.bytes.file} bytes`,
      );
      for (const note of event.notes) console.log(`  ${note}`);
      break;
    case 'layer':
      console.log(
        `layer ${event.layer.layer}: ${event.layer.skipped?.reason ?? event.layer.heads.map(({ r }) => r?.toFixed(7) ?? 'undefined').join(' ')}`,
      );
      break;
    case 'question':
      console.log(`The number of heads isn't known: ${event.question.why}`);
      failed = true;
      break;
    case 'failed':
      console.error(
        `${event.error.code}: ${event.error.message} ${event.error.where ?? ''}\n${event.error.hint ?? ''}`,
      );
      failed = true;
      break;
    case 'done': {
      console.log(`read ${event.result.bytes.read} bytes in ${(event.elapsedMs / 1000).toFixed(1)} s`);
      const compared = compareWithNotebook(event.result);
      if (compared !== null && compared.maxAbsDifference !== null) {
        console.log(
          `notebook: max |difference| ${compared.maxAbsDifference.toExponential(2)} over ${compared.rows.length} printed values; the same weights give at most ${compared.tolerance}`,
        );
        failed = compared.maxAbsDifference > compared.tolerance;
      }
    }
  }
}
process.exit(failed ? 1 : 0);
