import { modelColumns } from '../../../nodes/databricks/serving/modelColumns';
import { columnsInMlmodel } from '../../../nodes/databricks/serving/modelSignature';
import { json, workspaceUnderTest } from '../workspaceUnderTest';

const file = (inputs: string) =>
	`artifact_path: model\nflavors:\n  sklearn:\n    code: null\nsignature:\n  inputs: ${inputs}\n  outputs: null\n  params: null\nutc_time_created: '2026-10-31'\n`;
const columns = [
	{ name: 'agency', type: 'string', required: true },
	{ name: 'year', type: 'integer', required: false },
];

it.each([
	[
		'in one line',
		`'[{"type": "string", "name": "agency", "required": true}, {"type": "integer", "name": "year", "required": false}]'`,
		columns,
	],
	[
		'broken into lines',
		`'[{"type": "string", "name": "agency", "required":\n    true}, {"type": "integer", "name": "year",\n    "required": false}]'`,
		columns,
	],
	[
		'broken within a name',
		`'[{"type": "double", "name": "amount\n    paid", "required": true}]'`,
		[{ name: 'amount paid', type: 'double', required: true }],
	],
	[
		'with an apostrophe',
		`'[{"type": "double", "name": "payer''s share", "required": true}]'`,
		[{ name: "payer's share", type: 'double', required: true }],
	],
	[
		'in double quotes, with letters beyond ASCII',
		`"[{\\"type\\": \\"double\\", \\"name\\": \\"a\\xF1o\\", \\\n    \\ \\"required\\": true}]"`,
		[{ name: 'año', type: 'double', required: true }],
	],
	[
		'of every type',
		`'[{"type": "array", "items": {"type": "double"}, "name": "a", "required": true}, {"type": "array", "items": {"type": "string"}, "name": "b", "required": true}, {"type": "object", "properties": {}, "name": "c", "required": true}, {"type": "boolean", "name": "d", "required": true}, {"type": "datetime", "name": "e", "required": true}, {"type": "float", "name": "f", "required": true}, {"type": "long", "name": "g", "required": true}, {"type": "binary", "name": "h", "required": true}]'`,
		[
			['a', 'doubles'],
			['b', 'array'],
			['c', 'object'],
			['d', 'boolean'],
			['e', 'datetime'],
			['f', 'double'],
			['g', 'long'],
			['h', 'other'],
		].map(([name, type]) => ({ name, type, required: true })),
	],
	[
		'of tensors without names',
		`'[{"type": "tensor", "tensor-spec": {"dtype": "float64", "shape": [-1, 3]}}]'`,
		undefined,
	],
	['that is not there', 'null', undefined],
	['that is no JSON', "'[{'", undefined],
])('reads a signature %s', (_what, inputs, expected) => {
	expect(columnsInMlmodel(file(inputs))).toEqual(expected);
});

it('has no columns of a model without a signature', () => {
	expect(columnsInMlmodel('artifact_path: model\nsignature: null\n')).toBeUndefined();
});

describe('of an endpoint without an OpenAPI document', () => {
	const inputs = (name: string) => `'[{"type": "double", "name": "${name}", "required": true}]'`;
	const endpoint = (versions: string[]) => ({
		name: 'm',
		config: {
			served_entities: versions.map((entity_version) => ({ entity_name: 'c.s.m', entity_version })),
		},
	});

	it.each([
		['are those of its model', ['1'], ['x']],
		['are those that its models share', ['1', '3'], ['x']],
		['are not known when its models differ', ['1', '2'], undefined],
		['are not known without the right to read the model', ['4'], undefined],
	])('the columns %s', async (_what, versions, expected) => {
		const { workspace, dispatcher } = workspaceUnderTest((request) => {
			const { pathname } = new URL(request.url);
			const version = /^\/api\/2\.0\/fs\/files\/Models\/c\/s\/m\/(\d)\/MLmodel$/.exec(
				pathname,
			)?.[1];
			if (version === '4') return json({ error_code: 'PERMISSION_DENIED', message: 'no' }, 403);
			if (version !== undefined) return new Response(file(inputs(version === '2' ? 'y' : 'x')));
			if (pathname.endsWith('/openapi')) return json({ message: 'no' }, 403);
			return json(endpoint(versions));
		});
		const found = await modelColumns(workspace, 'm');
		expect(found?.map(({ name }) => name)).toEqual(expected);
		expect(dispatcher.seen.length).toBe(2 + versions.length);
	});
});
