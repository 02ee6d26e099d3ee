import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium, type Browser, type Locator, type Page, type Request } from 'playwright-core';
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
/** In CI nobody looks at the pictures, and taking one costs a second. */
const takesPictures = process.env.EDITOR_TEST_PICTURES !== 'no';
const mostBytes = 150_000;
/** Of one step of n8n's page, on a machine that has other work, too. */
const withinMs = 90_000;
const quietFrames = 12;
/** Connections that stay open. */
const lasting = ['eventsource', 'websocket', 'ping'];

const escaped = (text: string) => text.replace(/[^a-z0-9 ]/gi, '.');

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
	private readonly pending = new Set<Request>();

	private constructor(
		readonly page: Page,
		readonly url: string,
	) {
		page.on('request', (request) => {
			if (!lasting.includes(request.resourceType())) this.pending.add(request);
		});
		page.on('requestfinished', (request) => this.pending.delete(request));
		page.on('requestfailed', (request) => this.pending.delete(request));
		page.on('framenavigated', (frame) => {
			if (frame === page.mainFrame()) this.pending.clear();
		});
	}

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

	/** Opens a workflow; with a number of nodes, waits until so many are shown. */
	async openWorkflow(id: string, nodes = 1): Promise<void> {
		await this.page.goto(`${this.url}/workflow/${id}`);
		await this.byId('canvas-node')
			.nth(nodes - 1)
			.waitFor();
		await this.settle();
	}

	async newWorkflow(): Promise<void> {
		await this.page.goto(`${this.url}/workflow/new`);
		await this.byId('canvas-add-button').waitFor();
		await this.settle();
	}

	/** A new workflow that is started with the button. */
	async newManualWorkflow(): Promise<void> {
		await this.newWorkflow();
		// Not by a search, whose result the list shows only later.
		await this.byId('canvas-add-button').click();
		await this.creatorEntry('Trigger manually').click();
		await this.node('When clicking ‘Execute workflow’').waitFor();
		await this.settle();
	}

	/** The id in the address of the open workflow, once it has been saved. */
	workflowId(): string {
		const [, id] = /workflow\/([^/?]+)/.exec(this.page.url()) ?? [];
		if (id === undefined || id === 'new') throw new Error(`No workflow at ${this.page.url()}.`);
		return id;
	}

	/** Types the words into the node creator and waits until it shows these names. */
	async search(words: string, wanted: readonly string[]): Promise<void> {
		const bar = this.byId('node-creator-search-bar');
		if (!(await bar.isVisible())) await this.page.keyboard.press('n');
		await bar.fill(words);
		for (const name of wanted) await this.creatorEntry(name).waitFor();
	}

	private creatorEntry(name: string): Locator {
		return this.byId('node-creator-item-name').getByText(name, { exact: true }).first();
	}

	/**
	 * Types the words into the node creator, takes the node of that name and, of a node with several
	 * operations, the action of that name; the node opens.
	 */
	async add(words: string, name: string, action?: string): Promise<void> {
		await this.search(words, [name]);
		await this.creatorEntry(name).click();
		const entry = this.byId('node-creator-item-name');
		if (action !== undefined) await entry.filter({ hasText: this.exactly(action) }).click();
		const adding = this.page.getByText('Add to workflow');
		await adding.or(this.byId('ndv')).first().waitFor();
		if (await adding.isVisible()) await adding.click();
		await this.byId('ndv').waitFor();
		await this.settle();
	}

	/** The creator writes some actions with capitals, some without. */
	private exactly(text: string): RegExp {
		return new RegExp(`^\\s*${escaped(text)}\\s*$`, 'i');
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
		return await this.entries();
	}

	/** What the open list offers. */
	async entries(): Promise<string[]> {
		const entries = await this.byId('rlc-item').allTextContents();
		return entries.map((entry) => entry.trim());
	}

	/** An entry of an open list. */
	entry(name: string): Locator {
		return this.byId('rlc-item').getByText(name, { exact: true }).first();
	}

	/** Types into the search box of an open list and takes what it finds. */
	async pick(field: string, name: string): Promise<void> {
		await this.openList(field);
		await this.page.keyboard.type(name);
		await this.settle();
		await this.entry(name).click();
		await this.settle();
	}

	/** Takes one of the fixed choices of a field. */
	async choose(field: string, name: string): Promise<void> {
		await this.field(field).click();
		await this.option(name).click();
		await this.settle();
	}

	/** An entry of the open list of fixed choices. */
	option(name: string): Locator {
		return this.page
			.locator('.el-select-dropdown__item:visible')
			.filter({ hasText: new RegExp(`^\\s*${escaped(name)}`) })
			.first();
	}

	/** Opens the dialog for a new credential from the open node. */
	async newCredential(kind: 'Access Token' | 'OAuth2 (Service Principal)'): Promise<void> {
		await this.byId('node-credentials-select').click();
		await this.byId('node-credentials-select-item-new').click();
		await this.byId('credential-mode-dropdown-trigger').click();
		await this.page.getByRole('menuitem', { name: kind }).click();
		await this.settle();
	}

	/** Types into a field of the open node or credential. */
	async fill(field: string, text: string): Promise<void> {
		await this.field(field).locator('input, textarea').first().fill(text);
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

	/** Waits until nothing is being loaded and the page has drawn a while without a change. */
	async settle(): Promise<void> {
		const deadlineMs = performance.now() + withinMs;
		for (;;) {
			const isQuiet = await this.page.evaluate(
				async (frames) =>
					await new Promise<boolean>((resolve) => {
						let left = frames;
						let changed = false;
						const observer = new MutationObserver(() => (changed = true));
						observer.observe(document, {
							subtree: true,
							childList: true,
							attributes: true,
							characterData: true,
						});
						const drawn = () => {
							if (changed || --left === 0) {
								observer.disconnect();
								resolve(!changed);
							} else requestAnimationFrame(drawn);
						};
						requestAnimationFrame(drawn);
					}),
				quietFrames,
			);
			if (isQuiet && this.pending.size === 0) return;
			if (performance.now() > deadlineMs) {
				const urls = [...this.pending].map((request) => request.url());
				throw new Error(`The page does not come to rest; it waits for ${urls.join(', ')}.`);
			}
		}
	}

	/** A picture for the README and the documentation, of the page or of a part, once it stands still. */
	async picture(name: string, part?: { x: number; y: number; width: number; height: number }) {
		if (!takesPictures) return;
		await this.page.mouse.move(640, 799);
		await this.settle();
		const take = async () =>
			await this.page.screenshot({
				animations: 'disabled',
				style: '.el-notification, [class*="toast"] { display: none !important; }',
				...(part === undefined ? {} : { clip: part }),
			});
		let [before, now] = [await take(), await take()];
		const deadlineMs = performance.now() + withinMs;
		while (!before.equals(now) && performance.now() < deadlineMs)
			[before, now] = [now, await take()];
		if (now.length > mostBytes) throw new Error(`${name}.png has ${now.length} bytes.`);
		await writeFile(join(screenshots, `${name}.png`), now);
	}
}
