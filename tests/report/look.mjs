// Looks at every page of a folder as `tests/report/look` says. The last line counts what passed and what failed.
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const [folder, pictures] = process.argv.slice(2).map((path) => resolve(path));
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const WIDTHS = [360, 768, 1280, 1920];

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM,
  // Chromium's own sandbox does not start as root; the pages are our own, and have no script.
  args: ['--no-sandbox', '--disable-gpu'],
});
if (pictures) await mkdir(pictures, { recursive: true });
const names = (await readdir(folder)).filter((name) => name.endsWith('.html')).sort();
if (names.length === 0) throw new Error(`no pages in ${folder}`);
let passed = 0;
let failed = 0;
for (const name of names) {
  for (const colorScheme of ['light', 'dark']) {
    for (const width of WIDTHS) {
      const problems = await look(name, colorScheme, width);
      problems.forEach((problem) => console.log(`${name}, ${colorScheme}, ${width}: ${problem}`));
      if (problems.length === 0) passed += 1;
      else failed += 1;
    }
  }
}
await browser.close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

async function look(name, colorScheme, width) {
  const problems = [];
  // Without movement, so that nothing is half faded in when it is looked at.
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme, reducedMotion: 'reduce' });
  page.on('console', (message) => problems.push(`the browser says: ${message.text()}`));
  page.on('request', (request) => {
    if (!request.url().startsWith('file:')) problems.push(`it asks for ${request.url()}`);
  });
  await page.goto(pathToFileURL(join(folder, name)).href);
  if (pictures) await page.screenshot({ path: join(pictures, `${name}-${colorScheme}-${width}.png`), fullPage: true });
  const excess = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  if (excess > 0) problems.push(`it is ${excess} pixels too wide`);
  await page.evaluate(axe);
  const { violations, passes } = await page.evaluate(() => window.axe.run(document));
  if (passes.length < 10) problems.push(`axe looked at ${passes.length} rules only`);
  for (const { impact, id, help, nodes } of violations) {
    problems.push(`${impact} ${id}: ${help}: ${nodes.slice(0, 3).map((node) => node.html.slice(0, 120)).join(' ')}`);
  }
  if (pictures && width === 1280) await page.pdf({ path: join(pictures, `${name}-${colorScheme}.pdf`), format: 'A4' });
  await page.close();
  return problems;
}
