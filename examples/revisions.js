// node examples/revisions.js owner/name step1000 step2000 …: the median s of all heads at each revision of a training run.
import { OpenQuestion, QKError, score } from 'qkscope';

const [name, ...revisions] = process.argv.slice(2);
for (const revision of revisions) {
  try {
    const { stacks, model } = await score(`${name}@${revision}`);
    const scores = stacks[0].layers
      .flatMap(({ heads }) => heads.flatMap(({ s }) => s ?? []))
      .sort((a, b) => a - b);
    console.log(revision, model.sha.slice(0, 7), scores[Math.floor(scores.length / 2)]);
  } catch (error) {
    if (error instanceof OpenQuestion)
      console.error(`${revision}: ${error.message} Answer with { heads: … }.`);
    else if (error instanceof QKError) console.error(`${revision}: ${error.message} ${error.hint ?? ''}`);
    else throw error;
  }
}
