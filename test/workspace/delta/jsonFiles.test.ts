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

/** What the table has after the files were copied into it, which had no columns before. */
async function copied(name: string, text: string, options: Record<string, string>) {
	const folder = join(opened.volumesRoot, 'spark_catalog/s/landing', name);
	await mkdir(folder, { recursive: true });
	await writeFile(join(folder, 'a.json'), text);
	await opened.run(`CREATE TABLE ${name}`);
	const list = Object.entries(options).map(([key, value]) => `'${key}' = '${value}'`);
	await opened.run(`COPY INTO ${name} FROM '/Volumes/spark_catalog/s/landing/${name}' FILEFORMAT = JSON
		${list.length === 0 ? '' : `FORMAT_OPTIONS (${list.join(', ')})`}
		COPY_OPTIONS ('mergeSchema' = 'true')`);
	return await opened.run(`SELECT * FROM ${name}`);
}

/** A table has no order. */
const inOrder = (rows: (string | null)[][]) => rows.map((row) => JSON.stringify(row)).sort();

test('JSON files have the columns, types and values that Spark 4.1 reads', async () => {
	const file = join(__dirname, '../../recordings/files/json.json');
	const list = recordings.parse(JSON.parse(await readFile(file, 'utf8')));
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
