import { ManualClock } from '../../../workspace/clock';
import type { LocalWorkspace } from '../../../workspace/localWorkspace';
import { createServer, type LocalServer, type ServerOptions } from '../../../workspace/server';
import { fitForecaster, type ForecastInput } from '../../../workspace/serving/forecaster';
import { modelRegistryOf } from '../../../workspace/serving/modelRegistry';

export const forecastInput: ForecastInput = {
	agency: 'RIM',
	year: 2026,
	month: 11,
	prev_month: 1_000_000.5,
	prev_year: 900_000,
	rolling_3m_avg: 980_000,
	rolling_12m_avg: 950_000,
};

/** A workspace on a clock of its own, with a registered model of two versions. */
export class ServingUnderTest {
	readonly model = 'platinum.bir.bir_tax_forecaster';

	private constructor(
		readonly clock: ManualClock,
		readonly server: LocalServer,
		readonly workspace: LocalWorkspace,
	) {}

	static async open(options: Omit<ServerOptions, 'clock'> = {}): Promise<ServingUnderTest> {
		const clock = new ManualClock(Date.UTC(2026, 10, 1));
		const server = createServer({ clock, ...options });
		const workspace = await server.addWorkspace();
		const { userName } = workspace.user;
		await workspace.lakehouse.catalogs.create('platinum', {}, userName);
		await workspace.lakehouse.schemas.create('platinum', 'bir', {}, userName);
		const made = new ServingUnderTest(clock, server, workspace);
		const [catalog, schema, name] = made.model.split('.');
		await made.ask('POST', '/api/2.1/unity-catalog/models', {
			catalog_name: catalog,
			schema_name: schema,
			name,
		});
		const rows = Array.from({ length: 24 }, (_, at) => ({
			...forecastInput,
			month: (at % 12) + 1,
			prev_month: 1e6 + at,
		}));
		for (const factor of [1, 2]) {
			const artifact = fitForecaster(
				rows,
				rows.map((_, at) => factor * (1e6 + 1000 * at)),
			);
			const trained = { artifact, metrics: {}, params: {}, runId: '1' };
			await modelRegistryOf(workspace).addVersion(made.model, trained, workspace.user);
		}
		return made;
	}

	/** A version of the model as an endpoint serves it. */
	entity(version: string, more: Record<string, unknown> = {}): Record<string, unknown> {
		return { name: `v${version}`, entity_name: this.model, entity_version: version, ...more };
	}

	async serve(
		name: string,
		served_entities: unknown[],
		more: Record<string, unknown> = {},
		traffic_config?: unknown,
	) {
		const config = { served_entities, traffic_config };
		return await this.ask('POST', '/api/2.0/serving-endpoints', { name, config, ...more });
	}

	async ask(method: string, path: string, body?: unknown, token = this.workspace.token) {
		const answer = await this.server.fetch(
			new Request(new URL(path, this.workspace.host), {
				method,
				headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
				...(body === undefined ? {} : { body: JSON.stringify(body) }),
			}),
		);
		const text = await answer.text();
		return {
			status: answer.status,
			body: readable(text),
			served: answer.headers.get('served-model-name'),
			retryAfter: answer.headers.get('retry-after'),
		};
	}

	async predict(endpoint: string) {
		const body = { dataframe_records: [forecastInput] };
		return await this.ask('POST', `/serving-endpoints/${endpoint}/invocations`, body);
	}
}

function readable(text: string): unknown {
	return /^[[{]/.test(text) ? JSON.parse(text) : text;
}
