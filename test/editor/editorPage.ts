import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type Locator, type Page } from 'playwright-core';
import type { Owner } from '../../tooling/editor/n8nApi';

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const flags = [
	'--no-sandbox',
	'--disable-gpu',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
];
const screenshots = join(__dirname, 'screenshots');
const withinMs = 60_000;

/** Starts the Chromium of this machine, or the one that CHROMIUM names. */
export async function startBrowser(): Promise<Browser> {
	const executablePath = process.env.CHROMIUM ?? places.find((place) => existsSync(place));
	if (executablePath === undefined) {
		throw new Error('No Chromium was found: apt install chromium, or name one in CHROMIUM.');
	}
	return await chromium.launch({ executablePath, args: flags });
}

/** n8n's editor in one browser window, used with mouse and keyboard. */
export class EditorPage {
	private constructor(
		readonly page: Page,
		readonly url: string,
	) {}

	static async open(browser: Browser, url: string, theme: 'light' | 'dark' = 'light') {
		const context = await browser.newContext({
			viewport: { width: 1280, height: 800 },
			colorScheme: theme,
		});
		const page = await context.newPage();
		page.setDefaultTimeout(withinMs);
		return new EditorPage(page, url);
	}

	/** The elements that n8n marks with a test id. */
	byId(id: string): Locator {
		return this.page.locator(`[data-test-id="${id}"]`);
	}

	node(name: string): Locator {
		return this.page.locator(`[data-test-id="canvas-node"][data-node-name="${name}"]`);
	}

	/** The control of a field in an open node or credential. */
	field(name: string): Locator {
		return this.byId(`parameter-input-${name}`);
	}

	async signIn({ email, password }: Owner): Promise<void> {
		await this.page.goto(`${this.url}/signin`);
		await this.page.locator('input[name=emailOrLdapLoginId]').fill(email);
		await this.page.locator('input[name=password]').fill(password);
		await this.byId('form-submit-button').click();
		await this.page.waitForURL(/home|workflow/);
	}

	async openWorkflow(id: string): Promise<void> {
		await this.page.goto(`${this.url}/workflow/${id}`);
		await this.byId('canvas-node').first().waitFor();
		await this.settle();
	}

	async newWorkflow(): Promise<void> {
		await this.page.goto(`${this.url}/workflow/new`);
		await this.byId('canvas-add-button').waitFor();
	}

	/** Names of the nodes that the creator finds, in its order. */
	async search(words: string): Promise<string[]> {
		const bar = this.byId('node-creator-search-bar');
		if (!(await bar.isVisible())) await this.page.keyboard.press('n');
		await bar.fill(words);
		await this.settle();
		const names = await this.byId('node-creator-item-name').allTextContents();
		return names.map((name) => name.trim());
	}

	/**
	 * Types the words into the node creator, takes the node of that name and, of a node with several
	 * operations, the action of that name; the node opens.
	 */
	async add(words: string, name: string, action?: string): Promise<void> {
		const found = await this.search(words);
		if (!found.includes(name)) throw new Error(`'${words}' finds ${found.join(', ')}.`);
		const entry = this.byId('node-creator-item-name');
		await entry.getByText(name, { exact: true }).click();
		if (action !== undefined) await entry.filter({ hasText: this.exactly(action) }).click();
		const adding = this.page.getByText('Add to workflow');
		await adding.or(this.byId('ndv')).first().waitFor();
		if (await adding.isVisible()) await adding.click();
		await this.byId('ndv').waitFor();
		await this.settle();
	}

	/** The creator writes some actions with capitals, some without. */
	private exactly(text: string): RegExp {
		return new RegExp(`^\\s*${text.replace(/[^a-z0-9 ]/gi, '.')}\\s*$`, 'i');
	}

	async openNode(name: string): Promise<void> {
		await this.node(name).dblclick();
		await this.byId('ndv').waitFor();
		await this.settle();
	}

	async closeNode(): Promise<void> {
		await this.byId('ndv-close-button').click();
		await this.byId('ndv').waitFor({ state: 'hidden' });
	}

	/** Opens the list of a field that is picked from a list; answers what it offers. */
	async openList(field: string): Promise<string[]> {
		await this.byId(`resource-locator-${field}`).locator('[data-test-id="rlc-input"]').click();
		await this.byId('rlc-item').first().waitFor();
		await this.settle();
		const entries = await this.byId('rlc-item').allTextContents();
		return entries.map((entry) => entry.trim());
	}

	/** Types into the search box of an open list and takes what it finds. */
	async pick(field: string, name: string): Promise<void> {
		await this.openList(field);
		await this.page.keyboard.type(name);
		await this.byId('rlc-item').getByText(name, { exact: true }).first().click();
	}

	/** Starts the open workflow with the button on its canvas. */
	async execute(): Promise<void> {
		await this.byId('execute-workflow-button').first().click();
	}

	async waitForSuccess(node: string, timeoutMs = 240_000): Promise<void> {
		const done = this.node(node).locator('[data-test-id="canvas-node-status-success"]');
		await done.waitFor({ timeout: timeoutMs });
	}

	/** Types into a field with a code editor. */
	async write(field: string, text: string): Promise<void> {
		await this.field(field).locator('.cm-content').click();
		await this.page.keyboard.insertText(text);
	}

	/** The rows of the output table of the open node, cell by cell. */
	async outputRows(): Promise<string[][]> {
		const panel = this.byId('output-panel');
		await panel.locator('[data-test-id="radio-button-table"]').click();
		await panel.locator('tbody tr').first().waitFor();
		return await panel
			.locator('tbody tr')
			.evaluateAll((rows) =>
				rows.map((row) =>
					[...row.querySelectorAll('td')]
						.map((cell) => (cell.textContent ?? '').trim())
						.filter((text) => text !== ''),
				),
			);
	}

	/** Publishes the open workflow with the button on its page. */
	async publish(): Promise<void> {
		await this.byId('workflow-open-publish-modal-button').click();
		await this.byId('workflow-publish-button').click();
		await this.byId('workflow-publish-button').waitFor({ state: 'hidden' });
	}

	/** Waits until the page has stopped moving. */
	async settle(): Promise<void> {
		await this.page.waitForLoadState('networkidle', { timeout: 2_000 }).catch(() => undefined);
		await this.page.waitForTimeout(300);
	}

	/** A picture for the README, without the messages that come and go. */
	async picture(name: string): Promise<void> {
		await this.page.mouse.move(640, 799);
		await this.settle();
		await this.page.screenshot({
			path: join(screenshots, `${name}.png`),
			style: '.el-notification, [class*="toast"] { display: none !important; }',
		});
	}
}
