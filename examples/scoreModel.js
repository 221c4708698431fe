// node examples/scoreModel.js [model]: scores a model and prints each layer's median s.
import { score } from 'qkscope';

const [model = 'sample/causal'] = process.argv.slice(2);
const result = await score(model, {
  onEvent(event) {
    if (event.type === 'plan') console.error(`${event.model.id}: ${event.bytes.planned} bytes are read`);
  },
});
for (const { name, layers } of result.stacks)
  for (const { layer, heads } of layers) {
    const scores = heads.map(({ s }) => s).filter((s) => s !== null);
    scores.sort((a, b) => a - b);
    console.log(name, layer, scores[Math.floor(scores.length / 2)]?.toFixed(4));
  }
