import fc from 'fast-check';
import { csvLine, csvPieces } from '../../../nodes/databricks/sql/csvBytes';

async function* inParts(bytes: Buffer, length: number) {
	for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

async function csvOf(
	text: string | Buffer,
	partLength: number,
): Promise<{ csv: string; rows: number }> {
	const parts: Uint8Array[] = [];
	let rows = 0;
	const whole = typeof text === 'string' ? Buffer.from(text) : text;
	for await (const { bytes, rowCount } of csvPieces(inParts(whole, partLength))) {
		parts.push(bytes);
		rows += rowCount;
	}
	return { csv: Buffer.concat(parts).toString('utf8'), rows };
}

const cell = fc.oneof(
	fc.constant(null),
	fc.constantFrom('"],["', ',', '\\', 'a"b', '\r\n', '', 'null', 'ü€😀', '\u0001', '\u2028'),
	fc.string({ unit: 'grapheme', maxLength: 12 }),
);

test('bytes become the lines that the parsed rows would be, wherever they are cut', async () => {
	await fc.assert(
		fc.asyncProperty(
			fc.array(fc.array(cell, { maxLength: 4 }), { maxLength: 12 }),
			fc.integer({ min: 1, max: 60 }),
			fc.constantFrom(undefined, 1),
			async (rows, partLength, indent) => {
				const text = JSON.stringify(rows, null, indent);
				expect(await csvOf(text, partLength)).toEqual({
					csv: rows.map(csvLine).join(''),
					rows: rows.length,
				});
			},
		),
		{ numRuns: 400 },
	);
});

test.each([
	'',
	'[',
	'{}',
	'[["a"]',
	'[["a"',
	'[["a',
	'[["a\\"',
	'[["a"]]]',
	'[["a"],]',
	'[["a",]]',
	'[["a" "b"]]',
	'[[1]]',
	'[["a"],{}]',
	'[["a\nb"]]',
	'[["\\x"]]',
	'[[nul]]',
	'[[nu',
	'[["a"]]x',
])('%s is no list of rows', async (text) => {
	await expect(csvOf(text, 3)).rejects.toThrow(SyntaxError);
});

test('an escape beside bytes that are no UTF-8 is no text', async () => {
	const text = Buffer.from('[["\\n\xff\xff\xff\xff\xff"],["b"]]', 'latin1');
	await expect(csvOf(text, text.length)).rejects.toThrow(SyntaxError);
});
