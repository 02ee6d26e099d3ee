import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { typeName } from '../../../workspace/sql/sqlType';
import { openLakehouse, type OpenLakehouse } from './openLakehouse';

const recordings = z.array(
	z.object({
		name: z.string(),
		text: z.string(),
		options: z.record(z.string()).default({}),
		columns: z.array(z.tuple([z.string(), z.string()])),
		/** As a result has them: scalars as texts, also inside of nested values. */
		rows: z.array(z.array(z.string().nullable())),
	}),
);

let opened: OpenLakehouse;
beforeAll(async () => {
	opened = await openLakehouse();
	await opened.run('CREATE VOLUME landing');
});
afterAll(() => opened.close());

async function write(name: string, text: string): Promise<void> {
	const folder = join(opened.volumesRoot, 'spark_catalog/s/landing', name);
	await mkdir(folder, { recursive: true });
	await writeFile(join(folder, 'a.json'), text);
}

/** What the table has after the files were copied into it, which had no columns before. */
async function copied(name: string, text: string, options: Record<string, string>) {
	await write(name, text);
	await opened.run(`CREATE TABLE ${name}`);
	const list = Object.entries(options).map(([key, value]) => `'${key}' = '${value}'`);
	await opened.run(`COPY INTO ${name} FROM '/Volumes/spark_catalog/s/landing/${name}' FILEFORMAT = JSON
		${list.length === 0 ? '' : `FORMAT_OPTIONS (${list.join(', ')})`}
		COPY_OPTIONS ('mergeSchema' = 'true')`);
	return await opened.run(`SELECT * FROM ${name}`);
}

/** A table has no order. */
const inOrder = (rows: (string | null)[][]) => rows.map((row) => JSON.stringify(row)).sort();

const recorded = async () => {
	const file = join(__dirname, '../../recordings/files/json.json');
	return recordings.parse(JSON.parse(await readFile(file, 'utf8')));
};

test('JSON files have the columns, types and values that Spark 4.1 reads', async () => {
	const list = await recorded();
	expect(list.length).toBeGreaterThan(60);
	for (const [index, { name, text, options, columns, rows }] of list.entries()) {
		const found = await copied(`t${index}`, text, options);
		expect({
			name,
			columns: found.columns.map((column) => [column.name, typeName(column.type)]),
			rows: inOrder(found.rows),
		}).toEqual({ name, columns, rows: inOrder(rows) });
	}
});

test('read_files finds the same in them, or refuses names with quotes and lists as lines', async () => {
	const list = (await recorded()).filter(({ options }) => Object.keys(options).length === 0);
	const refused: string[] = [];
	for (const [index, { name, text, columns, rows }] of list.entries()) {
		const folder = `/Volumes/spark_catalog/s/landing/read${index}`;
		await write(`read${index}`, text);
		const query = `SELECT * FROM read_files('${folder}', schemaEvolutionMode => 'none')`;
		const found = await opened.run(query).catch((error: unknown) => String(error));
		if (typeof found === 'string') {
			expect(found).toMatch(/the JSON field b "q"|a list as a line of JSON/);
			refused.push(name);
			continue;
		}
		expect({
			name,
			columns: found.columns.map((column) => [column.name, typeName(column.type)]),
			rows: inOrder(found.rows),
		}).toEqual({ name, columns, rows: inOrder(rows) });
	}
	expect(refused).toEqual(['escapes in texts', 'arrays of objects, on lines']);
});
