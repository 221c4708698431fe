import { describe, expect, it } from 'vitest';
import { embedOptions } from '../../../../src/ui/embed/embedOptions.ts';

const NOWHERE = { referrer: '' };

describe('embedOptions', () => {
  it('takes the origin that the address names before the one that the browser does', () => {
    const facts = { ancestorOrigins: ['https://blog.example'], referrer: 'https://blog.example/post' };
    expect(embedOptions('?embed=1&origin=https://other.example/a/b', facts).origin).toBe(
      'https://other.example',
    );
  });

  it.each([
    ['the frame’s ancestor', { ancestorOrigins: ['https://blog.example'], referrer: '' }],
    ['the referrer, where the browser names no ancestor', { referrer: 'https://blog.example/post?x=1' }],
  ])('else takes %s', (_, facts) => {
    expect(embedOptions('?embed=1', facts).origin).toBe('https://blog.example');
  });

  it.each(['*', 'null', 'javascript:alert(1)', 'data:text/html,x', 'https://', 'blog.example', ''])(
    'knows no origin by “%s”, even where the browser names one',
    (origin) => {
      const search = `?${new URLSearchParams({ embed: '1', origin })}`;
      expect(embedOptions(search, { referrer: 'https://blog.example/' }).origin).toBeNull();
    },
  );

  it('knows no origin of a page that sends none', () => {
    expect(embedOptions('?embed=1', NOWHERE).origin).toBeNull();
    expect(embedOptions('?embed=1', { ancestorOrigins: ['null'], referrer: '' }).origin).toBeNull();
  });

  it.each([
    ['dark', 'dark'],
    ['light', 'light'],
    ['pink', 'system'],
  ])('reads theme=%s as %s', (text, theme) => {
    expect(embedOptions(`?embed=1&theme=${text}`, NOWHERE).themeChoice).toBe(theme);
  });
});
