import fc from 'fast-check';
import { sqlString } from '../../../workspace/sql/stringLiteral';
import { Session } from './session';

let session: Session;
beforeAll(async () => {
	session = await Session.open();
});
afterAll(() => session.close());

async function rowsOf(sql: string, wire = false): Promise<(string | null)[][]> {
	const outcome = await session.run(sql, wire);
	if ('error' in outcome) throw outcome.error;
	return outcome.answer.rows;
}

const RUNS = { numRuns: 20 };
const literal = (text: string): string => sqlString(text).replaceAll('\\', '\\\\');
const texts = fc.array(
	fc.oneof(
		fc.string({ unit: fc.constantFrom(...'0123456789 +-.eE:TtruefalsyYnNo'), maxLength: 12 }),
		fc.bigInt(-(2n ** 33n), 2n ** 33n).map(String),
		fc.double({ noNaN: true, min: -1e6, max: 1e6 }).map((value) => value.toFixed(3)),
		fc
			.tuple(fc.integer({ min: 1990, max: 2030 }), fc.nat(13), fc.nat(32))
			.map((part) => part.join('-')),
	),
	{ minLength: 1, maxLength: 30 },
);

const TRUTH: Record<string, string> = {
	...Object.fromEntries(['t', 'true', 'y', 'yes', '1'].map((word) => [word, 'true'])),
	...Object.fromEntries(['f', 'false', 'n', 'no', '0'].map((word) => [word, 'false'])),
};

function dateOf(text: string): string | null {
	const match = /^(\d{4})(?:-(\d{1,2})(?:-(\d{1,2})(?:[ T].*)?)?)?$/.exec(text.trim());
	if (match === null || match[1] === '0000') return null;
	const [year, month, day] = [match[1], match[2] ?? '1', match[3] ?? '1'].map(Number);
	const date = new Date(Date.UTC(year ?? 0, (month ?? 0) - 1, day));
	if (year !== undefined && year < 100) date.setUTCFullYear(year);
	const same = date.getUTCMonth() + 1 === month && date.getUTCDate() === day;
	return same ? date.toISOString().slice(0, 10) : null;
}

/** How Spark reads a text as a value of a type; null for what it does not take. */
const readers: [type: string, read: (text: string) => string | null][] = [
	[
		'INT',
		(text) => {
			if (!/^\s*[+-]?\d+\s*$/.test(text)) return null;
			const value = BigInt(text.trim().replace(/^\+/, ''));
			return BigInt.asIntN(32, value) === value ? String(value) : null;
		},
	],
	['BOOLEAN', (text) => TRUTH[text.trim().toLowerCase()] ?? null],
	['DATE', dateOf],
];

test.each(readers)('texts are cast to %s as Spark reads them', async (type, read) => {
	await fc.assert(
		fc.asyncProperty(texts, async (all) => {
			// Years beyond four digits, and signs before a date, are refused by name.
			const given = all.filter((text) => type !== 'DATE' || /^\d{1,4}(?:\D|$)/.test(text.trim()));
			fc.pre(given.length > 0 && !given.some((text) => /^\s*0000/.test(text)));
			const values = given.map((text) => `(${literal(text)})`).join(', ');
			const rows = await rowsOf(`SELECT TRY_CAST(s AS ${type}) FROM VALUES ${values} AS t(s)`);
			expect(rows.map(([cell]) => cell)).toEqual(given.map(read));
		}),
		RUNS,
	);
});

test('NULL comes first in ascending order and last in descending, unless it is said otherwise', async () => {
	const rows = fc.array(fc.option(fc.integer({ min: -5, max: 5 })), {
		minLength: 1,
		maxLength: 12,
	});
	await fc.assert(
		fc.asyncProperty(rows, fc.boolean(), fc.option(fc.boolean()), async (values, down, first) => {
			const list = values.map((value) => `(CAST(${value ?? 'NULL'} AS INT))`).join(', ');
			const place = first === null ? '' : ` NULLS ${first ? 'FIRST' : 'LAST'}`;
			const direction = down ? 'DESC' : 'ASC';
			const sorted = await rowsOf(
				`SELECT v FROM VALUES ${list} AS t(v) ORDER BY v ${direction}${place}`,
			);
			const nulls = values.filter((value) => value === null);
			const numbers = values
				.filter((value) => value !== null)
				.sort((a, b) => (down ? b - a : a - b));
			const nullsFirst = first ?? !down;
			const expected = nullsFirst ? [...nulls, ...numbers] : [...numbers, ...nulls];
			expect(sorted.map(([cell]) => cell)).toEqual(
				expected.map((value) => (value === null ? null : String(value))),
			);
		}),
		RUNS,
	);
});

/** A value: its SQL, and what its JSON on the wire must say. */
interface Value {
	sql: string;
	json: unknown;
}
const scalar: fc.Arbitrary<Value> = fc.oneof(
	fc.integer().map((value) => ({ sql: `CAST(${value} AS INT)`, json: String(value) })),
	fc.boolean().map((value) => ({ sql: String(value), json: String(value) })),
	fc.string({ unit: 'grapheme', maxLength: 6 }).map((text) => ({ sql: literal(text), json: text })),
	fc
		.bigInt(-(10n ** 17n), 10n ** 17n)
		.map((value) => ({ sql: `CAST(${value} AS DECIMAL(20,2))`, json: `${value}.00` })),
	fc.constant({ sql: 'CAST(NULL AS STRING)', json: null }),
);
const { nested } = fc.letrec<{ nested: Value }>((tie) => ({
	nested: fc.oneof(
		{ depthSize: 'small', withCrossShrink: true },
		scalar,
		tie('nested').map((item) => ({ sql: `array(${item.sql}, NULL)`, json: [item.json, null] })),
		fc.tuple(tie('nested'), tie('nested')).map(([a, b]) => ({
			sql: `named_struct('a', ${a.sql}, 'b c', ${b.sql})`,
			json: { a: a.json, 'b c': b.json },
		})),
		fc.tuple(fc.string({ unit: 'grapheme', maxLength: 4 }), tie('nested')).map(([key, item]) => ({
			sql: `map(${literal(key)}, ${item.sql})`,
			json: Object.fromEntries([[key, item.json]]),
		})),
	),
}));

test('nested values of any depth come back as they are, also out of a table', async () => {
	await fc.assert(
		fc.asyncProperty(nested, async (value) => {
			await session.create('n', `SELECT named_struct('v', ${value.sql}) AS s`);
			const [[cell = null] = []] = await rowsOf('SELECT s FROM n', true);
			expect(JSON.parse(cell ?? 'null')).toEqual({ v: value.json });
		}),
		RUNS,
	);
});

test('JSON goes through a VARIANT and comes back with its keys in order', async () => {
	await fc.assert(
		fc.asyncProperty(fc.jsonValue({ maxDepth: 3 }), async (any) => {
			const text = JSON.stringify(any);
			// Numbers with an exponent are DOUBLE, whose texts are Java's.
			fc.pre(!/\d[eE]|\d{16}|-0\b/.test(text));
			const json = literal(text);
			// JSON has no -0.
			const value: unknown = JSON.parse(text);
			const [[cell = null] = []] = await rowsOf(`SELECT parse_json(${json})`, true);
			expect(JSON.parse(cell ?? '')).toEqual(value);
			expect(cell).toBe((await rowsOf(`SELECT parse_json(${literal(cell ?? '')})`, true))[0]?.[0]);
		}),
		RUNS,
	);
});
