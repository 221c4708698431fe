import { firefox } from '@playwright/test';
import { findFirefox, ownBuild } from '../../scripts/otherBrowsers.js';
import { openFirefox } from './firefoxDriver.ts';
import { openByPlaywright } from './playwrightDriver.ts';
import { smokeSuite } from './smokeSuite.ts';

const [system, own] = [findFirefox(), ownBuild(firefox)];

smokeSuite(
  'Firefox',
  system !== null ? () => openFirefox(system) : own !== null ? () => openByPlaywright(firefox, own) : null,
);
