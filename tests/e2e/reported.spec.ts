import { expect } from '@playwright/test';
import { REPORTED, REPORTED_CASES } from '../support/reported/cases.ts';
import { dropTree } from './drop.ts';
import { expectDone, openPage, resultOf, untilStatusChanges } from './page.ts';
import { test } from './sharedTest.ts';

test.describe('dropped files that were reported to other tools', () => {
  for (const [part, count] of [
    [0, 3],
    [1, 3],
    [2, 3],
  ] as const) {
    test(`open or are refused as their reports require (part ${part + 1} of ${count})`, async ({ page }) => {
      test.setTimeout(240_000);
      await openPage(page);
      for (const entry of REPORTED_CASES.filter((_, at) => at % count === part)) {
        await test.step(entry.file, async () => {
          const outcome = REPORTED[entry.file]!;
          const files = entry.files.map((path, at) => ({ path, at: entry.paths[at]! }));
          const drop = () => dropTree(page, files);
          // A refusal or a question leaves the status line as it is, as it leaves the map.
          await (outcome.kind === 'refusal' || outcome.kind === 'question'
            ? drop()
            : untilStatusChanges(page, drop));
          if (outcome.kind === 'refusal') {
            await expect(page.getByRole('alert').filter({ hasText: outcome.words }).first()).toBeVisible();
            await expect(page.getByText(outcome.hint).first()).toBeVisible();
            return;
          }
          if (outcome.kind === 'question') {
            await expect(page.getByText(outcome.words).first()).toBeVisible();
            await page.keyboard.press('Escape');
            return;
          }
          await expectDone(page);
          const { stacks, model } = await resultOf(page);
          expect(model.source).toBe('local');
          for (const [layer, wanted] of Object.entries(entry.expected_r ?? {})) {
            const row = stacks[0]!.layers.find((one) => one.layer === Number(layer))!;
            for (const [head, r] of wanted.entries())
              expect(Math.abs(row.heads[head]!.r! - r), `layer ${layer} head ${head}`).toBeLessThan(2.5e-6);
          }
        });
      }
    });
  }
});
