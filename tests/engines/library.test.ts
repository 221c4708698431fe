import { expect, it } from 'vitest';
import { figureSvg, OpenQuestion, score } from '../../src/library/browser.ts';

const urls = import.meta.glob('../fixtures/oracle/bert-f32/*', {
  query: '?url',
  import: 'default',
  eager: true,
}) as Record<string, string>;

const fileNamed = async (name: string) =>
  new File([await (await fetch(urls[`../fixtures/oracle/bert-f32/${name}`]!)).blob()], name);

interface Expected {
  readonly stacks: readonly { readonly layers: readonly { readonly r: readonly number[] }[] }[];
}

it('the library scores files in a browser, and draws them', async () => {
  const files = [await fileNamed('config.json'), await fileNamed('model.safetensors')];
  const heard: string[] = [];
  const result = await score(files, { engine: 'wasm', onEvent: ({ type }) => heard.push(type) });
  expect(heard).toEqual(expect.arrayContaining(['plan', 'layer', 'done']));
  const expected = JSON.parse(await (await fileNamed('expected.json')).text()) as Expected;
  const wanted = expected.stacks.flatMap(({ layers }) => layers.flatMap(({ r }) => r));
  const got = result.stacks.flatMap(({ layers }) => layers.flatMap(({ heads }) => heads.map(({ r }) => r!)));
  expect(got).toHaveLength(wanted.length);
  got.forEach((r, at) => {
    expect(Math.abs(r - wanted[at]!)).toBeLessThan(1e-6);
  });
  const svg = await figureSvg(result);
  expect(svg).toContain('urn:qkscope:result');
});

it('the library asks in a browser by an error that holds the question', async () => {
  const error: unknown = await score([await fileNamed('model.safetensors')]).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(OpenQuestion);
  expect((error as OpenQuestion).question.kind).toBe('heads');
});
