import { Readable } from 'node:stream';
import fc from 'fast-check';
import { areRows, type Row, rowPieces } from '../../../nodes/databricks/sql/rowPieces';

/** A stream that gives the bytes of a text in parts of a length. */
function streamOf(text: string, partLength: number): Readable {
	const bytes = Buffer.from(text);
	const count = Math.ceil(bytes.length / partLength);
	return Readable.from(
		Array.from({ length: count }, (_, index) =>
			bytes.subarray(index * partLength, (index + 1) * partLength),
		),
		{ objectMode: false },
	);
}

async function read(text: string, partLength: number): Promise<{ rows: Row[]; pieces: number }> {
	const rows: Row[] = [];
	let pieces = 0;
	for await (const piece of rowPieces(streamOf(text, partLength))) {
		pieces++;
		rows.push(...piece);
	}
	return { rows, pieces };
}

/** Texts that look like the end of a row, of a text, or of both. */
const cell = fc.oneof(
	fc.constant(null),
	fc.constantFrom('"],["', '],[', '\\"],[\\"', '\\', '],["x",null],[', 'ü€😀', ''),
	fc.string({ unit: 'grapheme', maxLength: 30 }),
);

test('rows are the same wherever the stream is cut', async () => {
	await fc.assert(
		fc.asyncProperty(
			fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 30 }),
			fc.integer({ min: 7, max: 70_000 }),
			async (some, partLength) => {
				// Long enough to be cut several times.
				const rows = Array.from({ length: 12_000 }, (_, index) => some[index % some.length] ?? []);
				const { rows: back } = await read(JSON.stringify(rows), partLength);
				expect(back.length).toBe(rows.length);
				expect(JSON.stringify(back) === JSON.stringify(rows)).toBe(true);
			},
		),
		{ numRuns: 15 },
	);
});

test('a long list comes in pieces, so that it is never held as a whole', async () => {
	const rows = Array.from({ length: 50_000 }, (_, n) => [String(n), 'x'.repeat(20)]);
	const { rows: back, pieces } = await read(JSON.stringify(rows), 16_384);
	expect([back.length, pieces > 10]).toEqual([50_000, true]);
});

test.each([
	['[]', []],
	[' [["a"]]\n', [['a']]],
	[
		'[\n  ["a", null],\n  ["b", "c"]\n]',
		[
			['a', null],
			['b', 'c'],
		],
	],
])('%j', async (text, rows) => {
	expect((await read(text, 4)).rows).toEqual(rows);
});

test.each(['', '[["a"]', '[["a"', '{"a":1}', '[[1]]', '[{"a":"b"}]', '<html>'])(
	'%j is no list of rows',
	async (text) => {
		await expect(read(text, 3)).rejects.toThrow(SyntaxError);
	},
);

test('a list that ends early is an error, however long it is', async () => {
	const text = JSON.stringify(Array.from({ length: 20_000 }, (_, n) => [String(n)]));
	await expect(read(text.slice(0, -5), 10_000)).rejects.toThrow(SyntaxError);
});

test.each<[unknown, boolean]>([
	[[], true],
	[[['a', null]], true],
	[[['a', 1]], false],
	[['a'], false],
	[null, false],
])('%j are rows: %s', (value, expected) => {
	expect(areRows(value)).toBe(expected);
});
