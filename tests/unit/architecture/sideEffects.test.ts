import { expect, it } from 'vitest';
import { projectFile, sourceFiles } from '../../support/architecture/sourceFiles.ts';

it('keeps in the build each module that is imported for what it does alone', () => {
  const { sideEffects }: { sideEffects: string[] } = JSON.parse(projectFile('package.json'));
  const imported = sourceFiles(['src'], /\.tsx?$/).flatMap(({ file, text }) =>
    [...text.matchAll(/^import '(\.[^']+\.tsx?)';/gm)].map((match) =>
      new URL(match[1]!, `file:///${file}`).pathname.replace(/^/, '.'),
    ),
  );
  expect(imported).toContain('./src/firstScreen/afterFirstPaint.ts');
  // Bundlers drop a module that package.json doesn't name here, without a word.
  expect(sideEffects).toEqual(expect.arrayContaining(imported));
});
