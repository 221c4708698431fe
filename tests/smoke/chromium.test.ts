import { chromium } from '@playwright/test';
import { findTestBrowser } from '../../scripts/findBrowser.js';
import { openByPlaywright } from './playwrightDriver.ts';
import { smokeSuite } from './smokeSuite.ts';

const browser = findTestBrowser();

smokeSuite('Chromium', browser === null ? null : () => openByPlaywright(chromium, browser));
