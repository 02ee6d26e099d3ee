import fc from 'fast-check';
import { insertStatement, rowText } from '../../nodes/databricks/sql/rowBatches';
import { namedColumns, rowReader } from '../../nodes/databricks/sql/columnTypes';
import { parseSqlType } from '../../nodes/databricks/sql/sqlTypes';
import { jsonLeaves } from '../../nodes/databricks/sql/sqlValues';
import { bindRows } from '../../nodes/SqlStatement/bindParameters';
import { typeText, wireTypeName } from '../../workspace/sql/sqlType';
import { openLakehouse } from '../workspace/delta/openLakehouse';

type Lake = Awaited<ReturnType<typeof openLakehouse>>;
let lake: Lake;
beforeAll(async () => {
	lake = await openLakehouse();
});
afterAll(async () => await lake.lakehouse.close());

/** A type, and values of it in the form in which an item holds them. */
interface Typed {
	type: string;
	values: fc.Arbitrary<unknown>;
}

const two = (number: number) => String(number).padStart(2, '0');
const day = fc
	.record({
		y: fc.integer({ min: 1, max: 9999 }),
		m: fc.integer({ min: 1, max: 12 }),
		d: fc.integer({ min: 1, max: 28 }),
	})
	.map(({ y, m, d }) => `${String(y).padStart(4, '0')}-${two(m)}-${two(d)}`);
const time = fc
	.record({
		h: fc.integer({ min: 0, max: 23 }),
		m: fc.integer({ min: 0, max: 59 }),
		s: fc.integer({ min: 0, max: 59 }),
		ms: fc.integer({ min: 0, max: 999 }),
	})
	.map(({ h, m, s, ms }) => `${two(h)}:${two(m)}:${two(s)}.${String(ms).padStart(3, '0')}`);
const bigint = fc
	.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
	.map((n) => (Number.isSafeInteger(Number(n)) ? Number(n) : String(n)));
const money = fc
	.tuple(
		fc.bigInt({ min: -(10n ** 16n) + 1n, max: 10n ** 16n - 1n }),
		fc.integer({ min: 0, max: 99 }),
	)
	.map(([whole, cents]) => `${whole}.${two(cents)}`);
const text = fc.string({ unit: 'grapheme', maxLength: 12 });

const scalars: Typed[] = [
	{ type: 'BOOLEAN', values: fc.boolean() },
	{ type: 'TINYINT', values: fc.integer({ min: -128, max: 127 }) },
	{ type: 'INT', values: fc.integer() },
	{ type: 'BIGINT', values: bigint },
	{ type: 'DECIMAL(18,2)', values: money },
	{
		type: 'DOUBLE',
		values: fc.oneof(
			fc.double({ noNaN: true, noDefaultInfinity: true }).filter((n) => !Object.is(n, -0)),
			fc.constantFrom('NaN', 'Infinity', '-Infinity'),
		),
	},
	{ type: 'STRING', values: text },
	{ type: 'DATE', values: day },
	{ type: 'TIMESTAMP_NTZ', values: fc.tuple(day, time).map((parts) => parts.join('T')) },
	{ type: 'TIMESTAMP', values: fc.tuple(day, time).map((parts) => `${parts.join('T')}Z`) },
];

const fieldNames = ['a', 'b c', 'Ünï', 'x-y'];

/** Types of any kind, three levels deep. */
const anyType: fc.Arbitrary<Typed> = fc.letrec<{ type: Typed }>((tie) => ({
	type: fc.oneof(
		{ maxDepth: 3, withCrossShrink: true },
		fc.constantFrom(...scalars),
		tie('type').map(({ type, values }) => ({
			type: `ARRAY<${type}>`,
			values: fc.array(fc.option(values), { maxLength: 4 }),
		})),
		tie('type').map(({ type, values }) => ({
			type: `MAP<STRING, ${type}>`,
			values: fc.dictionary(text, fc.option(values), { maxKeys: 4, noNullPrototype: true }),
		})),
		fc.array(tie('type'), { minLength: 1, maxLength: 3 }).map((fields) => ({
			type: `STRUCT<${fields.map(({ type }, index) => `\`${fieldNames[index]}\`: ${type}`).join(', ')}>`,
			values: fc.record(
				Object.fromEntries(
					fields.map(({ values }, index) => [fieldNames[index], fc.option(values)]),
				),
				{ noNullPrototype: true },
			),
		})),
	),
})).type;

test('any nested value of any type survives insert, select and item unchanged', async () => {
	let count = 0;
	await fc.assert(
		fc.asyncProperty(
			anyType.chain(({ type, values }) =>
				fc.record({
					type: fc.constant(type),
					values: fc.array(fc.option(values), { minLength: 1, maxLength: 5 }),
				}),
			),
			async ({ type, values }) => {
				const table = `nested_${++count}`;
				await lake.run(`CREATE TABLE ${table} (n INT, value ${type})`);
				const columns = [
					{ name: 'n', type: parseSqlType('INT'), isNullable: true },
					{ name: 'value', type: parseSqlType(type), isNullable: true },
				];
				const texts = values.map((value, n) =>
					rowText(columns.map((column, index) => jsonLeaves(index === 0 ? n : value, column.type))),
				);
				const { statement, parameters } = insertStatement(
					['spark_catalog', 's', table],
					columns,
					texts,
				);
				await lake.run(statement, parameters);
				const result = await lake.run(`SELECT value FROM ${table} ORDER BY n`);
				await lake.run(`DROP TABLE ${table}`);
				const read = rowReader(
					namedColumns(
						result.columns.map((column) => ({
							name: column.name,
							type_name: wireTypeName(column.type),
							type_text: typeText(column.type),
						})),
					),
				);
				expect(result.rows.map((row) => read(row).value)).toEqual(values);
			},
		),
		{ numRuns: 60 },
	);
});

test('a time of day goes into a TIME column and comes back as a parameter finds it', async () => {
	await lake.run('CREATE TABLE opening (n INT, at TIME(3), often ARRAY<TIME>)');
	const columns = [
		{ name: 'n', type: parseSqlType('int'), isNullable: true },
		{ name: 'at', type: parseSqlType('time(3)'), isNullable: true },
		{ name: 'often', type: parseSqlType('array<time(6)>'), isNullable: true },
	];
	const row = [1, '8:15:30.125 pm', ['6:00', '23:59:59.999999']];
	const leaves = columns.map(({ type }, index) => jsonLeaves(row[index], type));
	const insert = insertStatement(['spark_catalog', 's', 'opening'], columns, [rowText(leaves)]);
	await lake.run(insert.statement, insert.parameters);
	const found = bindRows(
		'SELECT CAST(at AS STRING), CAST(often AS STRING) FROM opening WHERE at = :at',
		[{ name: 'at', type: 'TIME', value: '20:15:30.125' }],
	);
	expect(found.parameters).toEqual([{ name: 'at', type: 'TIME', value: '20:15:30.125' }]);
	expect((await lake.run(found.statement, found.parameters)).rows).toEqual([
		['20:15:30.125', '[06:00:00, 23:59:59.999999]'],
	]);
});
