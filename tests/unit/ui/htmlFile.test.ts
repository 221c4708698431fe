import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { inlineScript } from '../../../scripts/mapFilePlugin.js';
import { readHtmlText } from '../../../src/core/embedded/htmlResult.ts';
import { INITIAL_STATE } from '../../../src/state/appState.ts';
import { mapFileView } from '../../../src/state/mapFile.ts';
import { htmlText } from '../../../src/ui/export/htmlFile.ts';
import { fakeResult } from '../figures/fakeResult.ts';

const CODE = {
  script: 'draw()',
  style: 'a{color:red}',
  scriptSource: "'sha256-script'",
  styleSource: "'sha256-style'",
};
const HOSTILE = '</script><script>alert(1)</script><svg onload=alert(2)>\u202egnp.exe"\'&';

function written(id = 'owner/model', titles: readonly string[] = [''], address = '') {
  const result = fakeResult({ id });
  const json = JSON.stringify(result);
  return htmlText({ json, results: [result], view: mapFileView(INITIAL_STATE, titles), address }, CODE);
}

describe('htmlText', () => {
  it('allows its own script and style by their hashes, and no other source', async () => {
    const [, policy] = /<meta http-equiv="Content-Security-Policy" content="([^"]*)">/.exec(await written())!;
    expect(policy!.split('; ')).toEqual([
      "default-src 'none'",
      "script-src 'sha256-script'",
      "style-src 'sha256-style'",
      'img-src data: blob:',
      "base-uri 'none'",
      "form-action 'none'",
    ]);
  });

  it('says which model and commit, convention, day and version the map is of', async () => {
    const html = await written();
    for (const part of ['owner/model@607a30d', 'raw weights, no bias', '2026-01-02', 'QKScope 0.1.0'])
      expect(html).toContain(part);
  });

  it('keeps names of a file as text: markup, the end of a script, turned writing', async () => {
    const html = await written(HOSTILE, [HOSTILE]);
    expect(html.match(/<script/g)).toHaveLength(3);
    expect(html.match(/<\/script/g)).toHaveLength(3);
    expect(html).not.toContain('<svg');
    expect(html.slice(0, html.indexOf('qkscope-view'))).not.toContain('\u202e');
    expect(JSON.parse(await readHtmlText(html, 'map.html')).model.id).toBe(HOSTILE);
    const [, view] = /id="qkscope-view">(.*)<\/script>/.exec(html)!;
    expect(JSON.parse(view!).titles).toEqual([HOSTILE]);
  });

  it('links to the page where it has a public address, and names it where it has none', async () => {
    expect(await written('owner/model', [''], 'https://qk.example/')).toContain('href="https://qk.example/"');
    expect(await written()).not.toContain('href=');
  });
});

describe('inlineScript', () => {
  it('writes what would end or hide the script in its strings in another way, with the same value', () => {
    const source = 'globalThis.found = ["</script>", `<script>`, "<!-- x"];';
    const script = inlineScript(source);
    expect(script).not.toMatch(/<\/?script|<!--/i);
    const box: { found?: string[] } = {};
    new Function('globalThis', script)(box);
    expect(box.found).toEqual(['</script>', '<script>', '<!-- x']);
  });

  it('refuses a script in which it stands outside of a string', () => {
    expect(() => inlineScript('if (a <!--b) {}')).toThrow(SyntaxError);
  });

  it('leaves other scripts, whose hash the policy names', () => {
    const hash = (text: string) => createHash('sha256').update(text).digest('base64');
    expect(hash(inlineScript('const a = 1 < 2;'))).toBe(hash('const a = 1 < 2;'));
  });
});
