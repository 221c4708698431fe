// node examples/figureAndHead.js MODEL FIGURE.svg: writes the map as a figure, and prints the spectrum of its most symmetric head.
import { writeFile } from 'node:fs/promises';
import { figureSvg, inspectHead, score } from 'qkscope';

const [model = 'sample/masked', figure = 'map.svg'] = process.argv.slice(2);
const result = await score(model, { engine: 'reference' });
await writeFile(figure, await figureSvg(result));

const heads = result.stacks[0].layers.flatMap(({ layer, heads: of }) => of.map((one) => ({ layer, ...one })));
const most = heads.reduce((best, one) => ((one.s ?? -1) > (best.s ?? -1) ? one : best));
const detail = await inspectHead(model, { layer: most.layer, head: most.head });
console.log(`L${most.layer}H${most.head}: s ${most.s}, effective rank ${detail.effectiveRank}`);
console.log('singular values:', detail.singularValues.slice(0, 4));
