import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { staticToken } from '../../nodes/databricks/auth/staticToken';
import { resultOf } from '../../nodes/databricks/jobs/jobRunState';
import { getRun, listRuns } from '../../nodes/databricks/jobs/jobRuns';
import { Workspace } from '../../nodes/databricks/workspace';
import { repositoryRoot } from '../../tooling/start/repositoryRoot';
import { N8nServer } from '../../tooling/editor/n8nServer';
import type { N8nApi, Owner } from '../../tooling/editor/n8nApi';
import { placesIn, portsFrom } from '../../tooling/editor/places';
import { editorSteps, endEditor, type EditorContext } from '../../tooling/editor/steps';
import { systemClock } from '../../workspace/clock';
import type { Surroundings } from '../../tooling/editor/surroundings';

const firstPort = Number(process.env.EDITOR_TEST_PORT ?? 5740);
/** For whoever works on these tests: goes on from the state of the run before, a minute faster. */
const keepsState = process.env.EDITOR_TEST_KEEP !== undefined;
const withinMs = 240_000;
const lookEveryMs = 100;

/** The editor as `npm run editor` opens it, with a state of its own. */
export class EditorUnderTest {
	private constructor(
		private readonly context: EditorContext,
		readonly surroundings: Surroundings,
		readonly api: N8nApi,
		readonly owner: Owner,
	) {}

	/** Opens it with nothing in it, or with what an earlier test left (all that is needed when it left nothing). */
	static async open(begin: 'fresh' | 'asLeft'): Promise<EditorUnderTest> {
		const root = repositoryRoot(__dirname);
		const places = placesIn(root, join(root, '.editor', 'test-state'));
		if (begin === 'fresh' && !keepsState) await rm(places.state, { recursive: true, force: true });
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

	/** A copy of the close for another month; answers its id. */
	async copyOfClose(id: string, month: string): Promise<string> {
		const close = await this.api.workflow(id);
		if (close === undefined) throw new Error('The close has not been imported.');
		const { connections, settings } = close;
		const nodes = JSON.parse(
			JSON.stringify(close.nodes).replace(
				'"name":"month","value":""',
				`"name":"month","value":"${month}"`,
			),
		);
		const name = `Close of ${month} ${Date.now()}`;
		return (await this.api.createWorkflow({ name, nodes, connections, settings })).id;
	}

	/** Results of the runs of the month-end job that closed a month; RUNNING while one runs. */
	async runsFor(month: string): Promise<string[]> {
		const { host, token } = this.surroundings.workspace;
		const client = new Workspace({ host, tokens: staticToken(token) });
		const found: string[] = [];
		for await (const run of listRuns(client, {})) {
			const parameters = JSON.stringify(await getRun(client, run.run_id));
			if (parameters.includes(`"${month}"`)) found.push(resultOf(run) || 'RUNNING');
		}
		return found;
	}

	async untilRunning(month: string): Promise<void> {
		await until(`a run of ${month}`, async () => (await this.runsFor(month)).length > 0);
	}

	/** Throws with the cause when a trigger did not start. */
	async untilPublished(id: string): Promise<void> {
		await until('the publication', async () => {
			const answer = await this.api.call('GET', `/rest/workflows/${id}/publication-status`);
			const text = JSON.stringify(answer);
			if (text.includes('"failed"')) throw new Error(text);
			return text.includes('"published"');
		});
	}

	async untilEnded(executionId: string): Promise<void> {
		await until(
			`the end of execution ${executionId}`,
			async () => (await this.api.execution(executionId)).stoppedAt != null,
		);
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

/** Looks again and again until it is so. Throws with what was waited for after four minutes. */
export async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
	const deadlineMs = Date.now() + withinMs;
	while (!(await isSo())) {
		if (Date.now() > deadlineMs) throw new Error(`In four minutes it did not come to: ${what}.`);
		await systemClock.sleep(lookEveryMs);
	}
}
