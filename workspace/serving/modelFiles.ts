import type { Hono } from 'hono';
import { ApiError } from '../apiError';
import type { Env } from '../env';
import { scorable } from './forecaster';
import { modelRegistryOf, type ModelVersion } from './modelRegistry';

const root = '/api/2.0/fs/files/Models';

/**
 * The files of registered models, where MLflow's own client reads them over the Files API
 * (`/Models/<catalog>/<schema>/<model>/<version>/…`). There is no Python here, so the only file is the
 * description of the model with its signature.
 */
export function registerModelFileRoutes(app: Hono<Env>): void {
	app.get(`${root}/:catalog/:schema/:model/:version/:file{.+}`, (context) => {
		const { catalog, schema, model, version, file } = context.req.param();
		const name = `${catalog}.${schema}.${model}`;
		const found = modelRegistryOf(context.get('workspace')).version(name, Number(version));
		if (file !== 'MLmodel') {
			const message = `The local workspace keeps no file ${file} of a model: it has no Python.`;
			throw new ApiError(501, 'NOT_IMPLEMENTED', message);
		}
		const headers = { 'content-type': 'application/octet-stream' };
		return new Response(mlmodelText(found), { headers });
	});
}

/** As MLflow writes it: YAML, in which the signature is JSON in a text of its own. */
function mlmodelText({ artifact, runId, version, createdAtMs }: ModelVersion): string {
	const inputs = scorable(artifact).signature.inputs.map(
		({ type, name, required }) =>
			`{"type": "${type}", "name": ${JSON.stringify(name)}, "required": ${required}}`,
	);
	const outputs = '[{"type": "tensor", "tensor-spec": {"dtype": "float64", "shape": [-1]}}]';
	const time = new Date(createdAtMs).toISOString().replace('T', ' ').slice(0, 19);
	return [
		'artifact_path: model',
		`run_id: '${runId}'`,
		'signature:',
		folded(`  inputs: '[${inputs.join(', ').replaceAll("'", "''")}]'`),
		folded(`  outputs: '${outputs}'`),
		'  params: null',
		`utc_time_created: '${time}'`,
		`version: '${version}'`,
		'',
	].join('\n');
}

/** PyYAML breaks long texts at a space after 80 columns and goes on indented. */
function folded(line: string): string {
	const lines: string[] = [];
	let rest = line;
	for (;;) {
		const at = rest.indexOf(' ', 80);
		if (at < 0) return [...lines, rest].join('\n');
		lines.push(rest.slice(0, at));
		rest = `    ${rest.slice(at + 1)}`;
	}
}
