import { describe, expect, it } from 'vitest';
import { joinThemes, takeStylesOut, withoutControls } from '../../../src/firstScreen/markup.ts';

describe('the markup of the first screen', () => {
  it('has each colour in both themes, once where they are the same', () => {
    const light = '<rect fill="#ffffff"/><rect fill="#0a7448"/>';
    const dark = '<rect fill="#15171b"/><rect fill="#0a7448"/>';
    expect(joinThemes(light, dark)).toBe('<rect fill="light-dark(#ffffff, #15171b)"/><rect fill="#0a7448"/>');
  });

  it('refuses themes that differ in a text or in how many colours there are', () => {
    expect(() => joinThemes('<b>0.1</b>', '<b>0.2</b>')).toThrow('more than its colours');
    expect(() => joinThemes('<b fill="#ffffff"/>', '<b/>')).toThrow('more than its colours');
  });

  it('has no style attribute: a class for each of them, beside the classes that were there', () => {
    const { html, css } = takeStylesOut(
      '<i style="width:4px"></i><b class="x" style="--a:&quot;1&quot;"></b><u style="width:4px"></u>',
    );
    expect(html).toBe('<i class="first-0"></i><b class="first-1 x"></b><u class="first-0"></u>');
    expect(css).toBe('.first-0{width:4px}\n.first-1{--a:"1"}');
  });

  it('lets no style end its rule', () => {
    expect(() => takeStylesOut('<i style="width:4px}"></i>')).toThrow('stylesheet');
  });

  it('leaves out what only names controls, and closed dialogs, which no paragraph may hold', () => {
    expect(
      withoutControls(
        '<p><a role="tab" title="t" id="_R_1" aria-selected="true">x</a><dialog class="d"></dialog></p>',
      ),
    ).toBe('<p><a aria-selected="true">x</a></p>');
    expect(withoutControls('<linearGradient id="first-scale"/>')).toBe('<linearGradient id="first-scale"/>');
  });
});
