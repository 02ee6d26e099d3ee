import { z } from 'zod/v4';
import { DatabricksError } from '../errors';
import { parseJson } from '../ids';
import { encodedFilePath } from '../paths';
import { noRetry } from '../retry';
import type { Workspace } from '../workspace';
import type { ColumnType, ModelColumn } from './modelColumn';
import type { ServingEndpoint } from './servingEndpoint';

const columnSchema = z.looseObject({
	name: z.string(),
	type: z.string(),
	required: z.boolean().default(true),
	items: z.looseObject({ type: z.string() }).optional(),
});
const columnsSchema = z.array(columnSchema);

/**
 * The input columns of the model that an endpoint serves, by the signature in Unity Catalog: the MLmodel
 * file of the version, which MLflow's client reads at the same place. Undefined when it cannot be read,
 * for models without columns, and when served models differ.
 */
export async function signatureColumns(
	workspace: Workspace,
	endpoint: ServingEndpoint,
): Promise<ModelColumn[] | undefined> {
	const entities = endpoint.config?.served_entities ?? [];
	const all = await Promise.all(
		entities.map(async ({ entity_name: name, entity_version: version }) =>
			name === undefined || version === undefined
				? undefined
				: await versionColumns(workspace, name, version),
		),
	);
	const [first, ...others] = all;
	const same = others.every((columns) => JSON.stringify(columns) === JSON.stringify(first));
	return same ? first : undefined;
}

async function versionColumns(
	workspace: Workspace,
	model: string,
	version: string,
): Promise<ModelColumn[] | undefined> {
	const parts = model.split('.');
	if (parts.length !== 3) return undefined;
	try {
		const { text } = await workspace.request({
			method: 'GET',
			path: `/api/2.0/fs/files${encodedFilePath(`/Models/${parts.join('/')}/${version}/MLmodel`)}`,
			timeoutMs: 10_000,
			retry: noRetry,
		});
		return columnsInMlmodel(text);
	} catch (error) {
		if (!(error instanceof DatabricksError) || error.kind === 'aborted') throw error;
		return undefined;
	}
}

/** The input columns in the text of an MLmodel file. */
export function columnsInMlmodel(text: string): ModelColumn[] | undefined {
	const inputs = /^signature:[ \t]*\r?\n(?:[ \t]+.*\r?\n)*?[ \t]+inputs:[ \t]*(?=['"])/m.exec(text);
	if (inputs === null) return undefined;
	const json = quotedScalar(text.slice(inputs.index + inputs[0].length));
	if (json === undefined) return undefined;
	try {
		const columns = columnsSchema.safeParse(parseJson(json));
		return columns.success ? columns.data.map(modelColumn) : undefined;
	} catch {
		return undefined;
	}
}

/** A quoted text of YAML, which may be broken into lines. */
function quotedScalar(yaml: string): string | undefined {
	if (yaml.startsWith("'")) {
		const body = /^'((?:[^']|'')*)'/.exec(yaml)?.[1];
		return body === undefined ? undefined : joined(body).replaceAll("''", "'");
	}
	const body = /^"((?:[^"\\]|\\[\s\S])*)"/.exec(yaml)?.[1];
	if (body === undefined) return undefined;
	return joined(body.replace(/\\\r?\n[ \t]*/g, '')).replace(
		/\\(x[\da-f]{2}|u[\da-f]{4}|U[\da-f]{8}|.)/gi,
		(_, code: string) => unescaped(code),
	);
}

/** A line break within a quoted text stands for a space. */
function joined(text: string): string {
	return text.replace(/[ \t]*\r?\n[ \t]*/g, ' ');
}

function unescaped(code: string): string {
	if (code.length > 1) return String.fromCodePoint(Number.parseInt(code.slice(1), 16));
	const named: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '0': '\0' };
	return named[code] ?? code;
}

const types: Readonly<Record<string, ColumnType>> = {
	double: 'double',
	float: 'double',
	long: 'long',
	integer: 'integer',
	string: 'string',
	boolean: 'boolean',
	datetime: 'datetime',
	object: 'object',
	map: 'object',
};

function modelColumn({ name, type, required, items }: z.output<typeof columnSchema>): ModelColumn {
	const isNumbers = items?.type === 'double' || items?.type === 'float';
	const list = isNumbers ? 'doubles' : 'array';
	return { name, type: type === 'array' ? list : (types[type] ?? 'other'), required };
}
