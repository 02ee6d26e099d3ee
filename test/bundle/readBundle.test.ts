import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readBundle } from '../../tooling/deploy/bundle';
import { holds, same } from '../../tooling/deploy/difference';
import { globExpression } from '../../tooling/deploy/globs';
import { plan } from '../../tooling/deploy/plan';
import { referencesIn, resolveText } from '../../tooling/deploy/references';

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

function bundleOf(files: Record<string, string>): string {
	const folder = mkdtempSync(join(tmpdir(), 'bundle-'));
	folders.push(folder);
	for (const [file, text] of Object.entries(files)) {
		mkdirSync(dirname(join(folder, file)), { recursive: true });
		writeFileSync(join(folder, file), text);
	}
	return folder;
}

const main = 'bundle: { name: b }\ninclude: [resources/*.yml]\nsync: { exclude: ["**/*.md"] }\n';

it('puts files, includes and target together; paths are those of the workspace', async () => {
	const folder = bundleOf({
		'databricks.yml': `${main}variables: { a: { default: 1 }, w: { lookup: { warehouse: x } } }
targets:
  dev: { variables: { a: 2 }, resources: { jobs: { j: { run_as: { user_name: u } } } } }
`,
		'resources/j.yml': 'resources: { jobs: { j: { name: j, file: ../src/a.sql } } }',
		'src/a.sql': 'SELECT 1',
		'src/README.md': '',
	});
	expect(await readBundle(folder, 'dev')).toEqual({
		folder,
		name: 'b',
		target: 'dev',
		files: ['databricks.yml', 'resources/j.yml', 'src/a.sql'],
		variables: { a: { default: 2 }, w: { lookup: { warehouse: 'x' } } },
		resources: {
			jobs: {
				j: { name: 'j', file: '${workspace.file_path}/src/a.sql', run_as: { user_name: 'u' } },
			},
		},
		workspace: {},
		presets: {},
	});
});

it.each([
	['an unknown target', `${main}targets: { dev: {} }`, 'no target "prod". It has: dev.'],
	[
		'a section it does not know',
		`${main}scripts: {}\ntargets: { prod: {} }`,
		'"scripts" is not known here',
	],
	['a mode that renames', `${main}targets: { prod: { mode: development } }`, 'renames resources'],
	[
		'a preset that renames',
		`${main}targets: { prod: { presets: { name_prefix: x } } }`,
		'"name_prefix" is not known here',
	],
	[
		'a path outside',
		`${main}targets: { prod: {} }\nresources: { jobs: { j: { f: ../x } } }`,
		'lies outside the bundle',
	],
	['bad YAML', 'bundle: [', 'databricks.yml cannot be read'],
])('refuses %s', async (_, text, message) => {
	await expect(readBundle(bundleOf({ 'databricks.yml': text }), 'prod')).rejects.toThrow(message);
});

it.each([
	['${var.list}', [1, 2]],
	['${var.n}', 5],
	['n=${var.n}, t=${var.t}', 'n=5, t=x'],
	['${resources.jobs.j.id}', '${resources.jobs.j.id}'],
	['{{job.parameters.month}} $t', '{{job.parameters.month}} $t'],
])('%s becomes %j', (text, expected) => {
	const known = new Map<string, string | number | number[]>([
		['var.list', [1, 2]],
		['var.n', 5],
		['var.t', 'x'],
	]);
	expect(resolveText(text, (path) => known.get(path))).toEqual(expected);
});

it('refuses a list inside a text', () => {
	expect(() => resolveText('a ${var.list}', () => [1])).toThrow(
		'cannot stand inside "a ${var.list}"',
	);
});

it('finds references at every depth', () => {
	expect(referencesIn({ a: ['${x.y}', { b: 'c ${z.w-1.v} ${x.y}' }], n: 1 })).toEqual([
		'x.y',
		'z.w-1.v',
		'x.y',
	]);
});

describe('plan', () => {
	it('puts what is referred to first', () => {
		const steps = plan({
			jobs: { j: { name: 'j', pipeline: '${resources.pipelines.p.id}' } },
			pipelines: { p: { name: 'p', schema: '${resources.schemas.s.name}' } },
			schemas: { s: { name: 's', catalog_name: 'c' } },
		});
		expect(steps.map(({ key, dependsOn }) => [key, dependsOn])).toEqual([
			['resources.schemas.s', []],
			[
				'resources.pipelines.p',
				[{ node: 'resources.schemas.s', label: '${resources.schemas.s.name}' }],
			],
			[
				'resources.jobs.j',
				[{ node: 'resources.pipelines.p', label: '${resources.pipelines.p.id}' }],
			],
		]);
	});

	it.each([
		[{ apps: { a: {} } }, 'resources.apps is not known here'],
		[
			{ jobs: { j: { a: '${resources.jobs.k.id}' } } },
			'${resources.jobs.k.id} refers to a resource that the bundle lacks',
		],
		[
			{ jobs: { j: { a: '${resources.jobs.j.id}' } } },
			'resources.jobs.j → resources.jobs.j refer to each other',
		],
		[{ jobs: { j: { a: '${secrets.scope.key}' } } }, '${secrets.scope.key} refers to nothing'],
	])('refuses %j', (resources, message) => {
		expect(() => plan(resources)).toThrow(message);
	});
});

it.each([
	[{ a: 1, extra: 2 }, { a: 1 }, true],
	[{ a: 1 }, { a: 2 }, false],
	[{}, { a: false, b: '', c: [], d: {} }, true],
	[{ a: ['x'] }, { a: [] }, false],
	[{ a: ['x', 'y'] }, { a: ['x'] }, false],
	[{ a: [{ k: 1, more: 0 }] }, { a: [{ k: 1 }] }, true],
	['text', { a: 1 }, false],
])('%j holds %j: %s', (actual, wanted, expected) => {
	expect(holds(actual, wanted)).toBe(expected);
});

it('compares settings whatever the order of their fields', () => {
	expect(same({ a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 })).toBe(true);
	expect(same({ a: [1, 2] }, { a: [2, 1] })).toBe(false);
});

it.each([
	['resources/*.yml', 'resources/a.yml', true],
	['resources/*.yml', 'resources/x/a.yml', false],
	['**/__pycache__/**', 'src/__pycache__/a.pyc', true],
	['**/__pycache__/**', '__pycache__/a.pyc', true],
	['README.md', 'src/README.md', false],
	['a?.sql', 'ab.sql', true],
	['a.sql', 'abcsql', false],
])('%s over %s: %s', (pattern, path, expected) => {
	expect(globExpression(pattern).test(path)).toBe(expected);
});
