import fc from 'fast-check';
import { parseJson } from '../../../nodes/databricks/ids';
import {
	InlineRows,
	isInlineRows,
	parseStatementAnswer,
	piecesOf,
} from '../../../nodes/databricks/sql/inlineRows';
import type { Row } from '../../../nodes/databricks/sql/rowPieces';
import { resultDataSchema, statementSchema } from '../../../nodes/databricks/sql/statementState';

/** Long enough to be read piece by piece. */
const long = (some: readonly Row[], length = 30_000): Row[] =>
	Array.from({ length }, (_, index) => some[index % some.length] ?? []);

const rowsOf = (data: Row[] | InlineRows | undefined) => [...piecesOf(data ?? [])].flat();

const manifest = {
	schema: { columns: [{ name: '"data_array":[[' }, { name: 'b"]]' }] },
	chunks: [{ chunk_index: 0 }],
};
const status = { state: 'SUCCEEDED' };

/** Where the rows can stand in an answer. */
const forms: [string, (rows: Row[]) => unknown][] = [
	[
		'of a statement, last',
		(data_array) => ({
			statement_id: 's1',
			status,
			manifest,
			result: { chunk_index: 0, data_array },
		}),
	],
	[
		'of a statement, first',
		(data_array) => ({
			result: { data_array, chunk_index: 0 },
			status,
			statement_id: 's1',
		}),
	],
	[
		'of a statement, before names with brackets',
		(data_array) => ({ statement_id: 's1', status, result: { data_array }, manifest }),
	],
	['of a chunk', (data_array) => ({ chunk_index: 1, data_array, next_chunk_index: 2 })],
];

/** Texts that look like the key of the rows, their end, or that of a row. */
const cell = fc.oneof(
	fc.constant(null),
	fc.constantFrom('"data_array":[["', ']]', '"],["', '],[', '\\"]]', '\\', 'ü€😀', '', '[[1],[2]]'),
	fc.string({ unit: 'grapheme', maxLength: 30 }),
);

test.each(forms)('the rows %s are those that the whole text holds', (_where, answer) => {
	fc.assert(
		fc.property(
			fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 30 }),
			fc.constantFrom(undefined, 1),
			(some, indent) => {
				const text = JSON.stringify(answer(long(some)), undefined, indent);
				const read = parseStatementAnswer(text);
				const schema = text.includes('statement_id')
					? statementSchema.transform(({ result, ...rest }) => ({ ...rest, ...result }))
					: resultDataSchema;
				const own = schema.parse(read);
				const whole = schema.parse(parseJson(text));
				expect(JSON.stringify(rowsOf(own.data_array)) === JSON.stringify(whole.data_array)).toBe(
					true,
				);
				expect({ ...own, data_array: 0 }).toEqual({ ...whole, data_array: 0 });
			},
		),
		{ numRuns: 10 },
	);
});

test.each(forms.filter(([where]) => !where.includes('brackets')))(
	'long rows %s come in pieces',
	(_where, answer) => {
		const rows = long([['x'.repeat(20), 'y']]);
		const read = JSON.stringify(answer(rows));
		const found = /"result"/.test(read)
			? statementSchema.parse(parseStatementAnswer(read)).result
			: resultDataSchema.parse(parseStatementAnswer(read));
		expect(found?.data_array).toBeInstanceOf(InlineRows);
		expect([...piecesOf(found?.data_array ?? [])].length).toBeGreaterThan(10);
	},
);

test('a row that is longer than a piece is whole', () => {
	const rows = [['a'], ['b'.repeat(300_000)], ['c']];
	const answer = parseStatementAnswer(JSON.stringify({ data_array: rows }));
	expect(rowsOf(resultDataSchema.parse(answer).data_array)).toEqual(rows);
});

test.each([
	['rows that are no lists', `[[1${',1'.repeat(200_000)}]]`],
	['a list that ends in the middle', `[["a"],["${'b'.repeat(300_000)}"],"c"]]`],
])('%s are refused', (_what, rows) => {
	const read = () => {
		const answer = resultDataSchema.parse(parseStatementAnswer(`{"data_array":${rows}}`));
		return rowsOf(answer.data_array);
	};
	expect(read).toThrow();
});

test('what is neither rows nor their text is no data', () => {
	expect([[['a', null]], [], [[1]], 'x', new InlineRows('[["a"]]')].map(isInlineRows)).toEqual([
		true,
		true,
		false,
		false,
		true,
	]);
});
