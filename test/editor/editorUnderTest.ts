import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { repositoryRoot } from '../../tooling/start/repositoryRoot';
import { N8nServer } from '../../tooling/editor/n8nServer';
import type { N8nApi, Owner } from '../../tooling/editor/n8nApi';
import { placesIn, portsFrom } from '../../tooling/editor/places';
import { editorSteps, endEditor, type EditorContext } from '../../tooling/editor/steps';
import type { Surroundings } from '../../tooling/editor/surroundings';

const firstPort = Number(process.env.EDITOR_TEST_PORT ?? 5740);
/** For whoever works on this test: goes on from the state of the run before, a minute faster. */
const keepsState = process.env.EDITOR_TEST_KEEP !== undefined;

/** The editor as `npm run editor` opens it, with a state of its own. */
export class EditorUnderTest {
	private constructor(
		private readonly context: EditorContext,
		readonly surroundings: Surroundings,
		readonly api: N8nApi,
		readonly owner: Owner,
	) {}

	static async open(): Promise<EditorUnderTest> {
		const root = repositoryRoot(__dirname);
		const places = placesIn(root, join(root, '.editor', 'test-state'));
		if (!keepsState) await rm(places.state, { recursive: true, force: true });
		const { signal } = new AbortController();
		const context: EditorContext = { places, ports: portsFrom(firstPort), fresh: false, signal };
		try {
			for (const step of editorSteps) {
				const startMs = performance.now();
				const result = await step.run(context, () => undefined);
				console.info(`${step.name}: ${result} (${Math.round(performance.now() - startMs)} ms)`);
			}
			const { surroundings, api, kept } = context;
			if (!surroundings || !api || !kept) throw new Error('The editor did not open.');
			return new EditorUnderTest(context, surroundings, api, kept.owner);
		} catch (error) {
			await endEditor(context);
			throw error;
		}
	}

	get url(): string {
		return this.api.url;
	}

	/** Kills n8n without a warning, and starts it again; answers how long it took to be ready. */
	async crash(): Promise<number> {
		const { server, places, ports, signal } = this.context;
		if (server === undefined) throw new Error('n8n is not running.');
		process.kill(server.pid, 'SIGKILL');
		await server.ended;
		this.context.server = await N8nServer.start(places, ports, signal);
		return this.context.server.startMs;
	}

	async close(): Promise<void> {
		await endEditor(this.context);
	}
}
