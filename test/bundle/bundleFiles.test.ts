import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { includedShape, mainShape } from './bundleShape';

const folder = join(__dirname, '../../bundle');
const resourceFiles = readdirSync(join(folder, 'resources')).sort();

function read(file: string): unknown {
	return parse(readFileSync(join(folder, file), 'utf8'));
}

const included = resourceFiles.map(
	(file) => includedShape.parse(read(`resources/${file}`)).resources,
);
const job = included.flatMap(({ jobs }) => Object.values(jobs ?? {}))[0];
const tasks = job?.tasks ?? [];

it('databricks.yml says only what the schema of bundles knows', () => {
	expect(mainShape.safeParse(read('databricks.yml')).error).toBeUndefined();
});

it.each(resourceFiles)('resources/%s says only what the schema of bundles knows', (file) => {
	expect(includedShape.safeParse(read(`resources/${file}`)).error).toBeUndefined();
});

it.each([
	['a misspelt field', (text: string) => text.replace('queue:', 'que:')],
	[
		'a field one level too high',
		(text: string) => text.replace('  file:', '  path: x\n            file:'),
	],
	['a task without a key', (text: string) => text.replace('- task_key: summary', '- key: summary')],
	['an expression', (text: string) => text.replace('${var.warehouse_id}', "${var.a == 'b'}")],
])('the shape finds %s', (_, spoil) => {
	const text = readFileSync(join(folder, 'resources/bir_month_end.job.yml'), 'utf8');
	const spoilt = spoil(text);
	expect(spoilt).not.toBe(text);
	expect(includedShape.safeParse(parse(spoilt)).success).toBe(false);
});

it('defines each resource once, and no job under the key of a pipeline', () => {
	const keys = included.flatMap((resources) =>
		Object.entries(resources).flatMap(([kind, group]) =>
			Object.keys(group ?? {}).map((key) =>
				kind === 'jobs' || kind === 'pipelines' ? key : `${kind}.${key}`,
			),
		),
	);
	expect(new Set(keys).size).toBe(keys.length);
});

it('runs the tasks of the close one after the other', () => {
	expect(
		tasks.map(({ task_key: key, depends_on: after }) => [key, after?.map((each) => each.task_key)]),
	).toEqual([
		['ingest_check', undefined],
		['pipeline', ['ingest_check']],
		['features', ['pipeline']],
		['training', ['features']],
		['forecasts', ['training']],
		['summary', ['forecasts']],
	]);
});

it('gives each task one kind of work, a file that exists and an environment that is defined', () => {
	for (const task of tasks) {
		const kinds = [task.sql_task, task.pipeline_task, task.spark_python_task].filter(Boolean);
		expect([task.task_key, kinds.length]).toEqual([task.task_key, 1]);
		const file = task.sql_task?.file.path ?? task.spark_python_task?.python_file;
		if (file !== undefined) {
			expect(existsSync(join(folder, 'resources', file))).toBe(true);
		}
		const keys = job?.environments.map((each) => each.environment_key);
		if (task.spark_python_task) expect(keys).toContain(task.environment_key);
	}
});

it('passes only job parameters that exist, and to SQL exactly those that it names', () => {
	const known = job?.parameters.map(({ name }) => name) ?? [];
	expect(known).toEqual(['month', 'agencies']);
	const written = JSON.stringify(tasks).matchAll(/\{\{([^}]*)\}\}/g);
	for (const [, path] of written) {
		expect(known.map((name) => `job.parameters.${name}`)).toContain(path);
	}
	for (const { sql_task: sql } of tasks) {
		if (!sql) continue;
		const text = readFileSync(join(folder, 'resources', sql.file.path), 'utf8').replace(
			/--.*$/gm,
			'',
		);
		const markers = [...text.matchAll(/(?<![:\w]):([a-z_]+)/g)].map(([, name]) => name);
		expect([...new Set(markers)].sort()).toEqual(Object.keys(sql.parameters).sort());
	}
});

it.each(['train_forecaster.py', 'forecast.py'])(
	'%s takes the arguments that its task gives',
	(file) => {
		const task = tasks.find(({ spark_python_task: python }) => python?.python_file.endsWith(file));
		const given = task?.spark_python_task?.parameters.filter((each) => each.startsWith('--')) ?? [];
		const source = readFileSync(join(folder, 'src/training', file), 'utf8');
		const known = [...source.matchAll(/add_argument\("(--[\w-]+)"([^\n]*)/g)];
		expect(known.map(([, name]) => name)).toEqual(expect.arrayContaining(given));
		const required = known.filter(([, , rest = '']) => rest.includes('required=True'));
		expect(given).toEqual(expect.arrayContaining(required.map(([, name]) => name)));
		expect(given.length).toBeGreaterThan(3);
	},
);
