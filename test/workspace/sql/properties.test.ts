import fc from 'fast-check';
import { Session } from './session';

/** Values of the engine against plain arithmetic in BigInt and plain texts, many rows in one query. */

let session: Session;
beforeAll(async () => {
	session = await Session.open();
});
afterAll(() => session.close());

/** The rows of a query, or the condition of its error. */
async function answer(sql: string): Promise<(string | null)[][] | string> {
	const outcome = await session.run(sql);
	return 'error' in outcome ? outcome.error.condition : outcome.answer.rows;
}

const values = (rows: readonly (readonly string[])[], names: string): string =>
	`(SELECT * FROM VALUES ${rows.map((row) => `(${row.join(', ')})`).join(', ')} AS t(${names}))`;

/** A decimal by its digits: 12345 at scale 2 is 123.45. */
function plain(unscaled: bigint, scale: number): string {
	const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
	const sign = unscaled < 0n ? '-' : '';
	return scale === 0 ? sign + digits : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

function halfUp(numerator: bigint, denominator: bigint): bigint {
	const [n, d] = denominator < 0n ? [-numerator, -denominator] : [numerator, denominator];
	const rounded = ((n < 0n ? -n : n) * 2n + d) / (2n * d);
	return n < 0n ? -rounded : rounded;
}

const decimal = (value: bigint, precision: number, scale: number): string =>
	`CAST('${plain(value, scale)}' AS DECIMAL(${precision},${scale}))`;
const money = fc.bigInt({ min: -(10n ** 18n) + 1n, max: 10n ** 18n - 1n });
const small = fc.bigInt({ min: -(10n ** 9n) + 1n, max: 10n ** 9n - 1n });
const rows = <T>(item: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
	fc.array(item, { minLength: 1, maxLength: 30 });

test('decimals add, subtract, multiply, divide and round as BigInt does', async () => {
	await fc.assert(
		fc.asyncProperty(rows(fc.tuple(money, small)), async (pairs) => {
			const table = values(
				pairs.map(([a, b]) => [decimal(a, 18, 2), decimal(b, 9, 4)]),
				'a, b',
			);
			const received = await answer(
				`SELECT a + b, a - b, a * b, CASE WHEN b <> 0 THEN a / b END, round(a, 1) FROM ${table}`,
			);
			// (18,2) and (9,4): sum (21,4), product (28,6), quotient (32,12), rounded (18,1)
			const expected = pairs.map(([a, b]) => [
				plain(a * 100n + b, 4),
				plain(a * 100n - b, 4),
				plain(a * b, 6),
				b === 0n ? null : plain(halfUp(a * 10n ** 14n, b), 12),
				plain(halfUp(a, 10n), 1),
			]);
			expect(received).toEqual(expected);
		}),
		{ numRuns: 8 },
	);
});

test('sum and avg of decimals are exact, and too much is an error', async () => {
	await fc.assert(
		fc.asyncProperty(rows(money), async (list) => {
			const table = values(
				list.map((value) => [decimal(value, 18, 2)]),
				'a',
			);
			const total = list.reduce((sum, value) => sum + value, 0n);
			expect(await answer(`SELECT sum(a), avg(a), min(a), max(a) FROM ${table}`)).toEqual([
				[
					plain(total, 2),
					plain(halfUp(total * 10000n, BigInt(list.length)), 6),
					plain(
						list.reduce((a, b) => (a < b ? a : b)),
						2,
					),
					plain(
						list.reduce((a, b) => (a > b ? a : b)),
						2,
					),
				],
			]);
		}),
		{ numRuns: 8 },
	);
	const most = `CAST('${'9'.repeat(38)}' AS DECIMAL(38,0))`;
	expect(await answer(`SELECT sum(a) FROM ${values([[most], ['1']], 'a')}`)).toBe(
		'NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION',
	);
});

test('a decimal is cast half up to fewer decimals, and refused where it does not fit', async () => {
	await fc.assert(
		fc.asyncProperty(rows(money), async (list) => {
			const table = values(
				list.map((value) => [`'${plain(value, 6)}'`]),
				'a',
			);
			const fits = (value: bigint): boolean => value > -(10n ** 9n) && value < 10n ** 9n;
			const rounded = list.map((value) => halfUp(value, 10000n));
			const expected = rounded.map((value) => [fits(value) ? plain(value, 2) : null]);
			expect(await answer(`SELECT try_cast(a AS DECIMAL(9,2)) FROM ${table}`)).toEqual(expected);
			const strict = await answer(`SELECT CAST(a AS DECIMAL(9,2)) FROM ${table}`);
			expect(strict).toEqual(
				rounded.every(fits) ? expected : 'NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION',
			);
		}),
		{ numRuns: 8 },
	);
});

test.each([
	['TINYINT', 8n],
	['SMALLINT', 16n],
	['INT', 32n],
	['BIGINT', 64n],
])('%s overflows at its width and nowhere else', async (type, bits) => {
	const limit = 2n ** (bits - 1n);
	// Spark tells those of small integers by a condition of their own.
	const overflow = bits < 32n ? 'BINARY_ARITHMETIC_OVERFLOW' : 'ARITHMETIC_OVERFLOW';
	const edge = fc.oneof(
		fc.bigInt({ min: -limit, max: limit - 1n }),
		fc.constantFrom(-limit, limit - 1n, 0n, 1n, -1n),
	);
	const operator = fc.constantFrom('+', '-', '*');
	await fc.assert(
		fc.asyncProperty(edge, edge, operator, async (a, b, sign) => {
			const exact = sign === '+' ? a + b : sign === '-' ? a - b : a * b;
			const fits = exact >= -limit && exact < limit;
			const sql = `SELECT CAST('${a}' AS ${type}) ${sign} CAST('${b}' AS ${type})`;
			expect([sql, await answer(sql)]).toEqual([sql, fits ? [[String(exact)]] : overflow]);
		}),
		{ numRuns: 40 },
	);
});

const day = fc.date({
	min: new Date('1900-01-01T00:00:00Z'),
	max: new Date('2199-12-31T00:00:00Z'),
	noInvalidDate: true,
});
const iso = (date: Date): string => date.toISOString().slice(0, 10);

function addMonths(date: Date, months: number): string {
	const first = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1));
	const last = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
	first.setUTCDate(Math.min(date.getUTCDate(), last));
	return iso(first);
}

test('date functions agree with the calendar', async () => {
	const amount = fc.integer({ min: -500, max: 500 });
	await fc.assert(
		fc.asyncProperty(rows(fc.tuple(day, day, amount)), async (list) => {
			const table = values(
				list.map(([a, b, n]) => [`DATE'${iso(a)}'`, `DATE'${iso(b)}'`, String(n)]),
				'a, b, n',
			);
			const received = await answer(
				`SELECT date_add(a, n), add_months(a, n), last_day(a), datediff(a, b), dayofweek(a), dayofyear(a), trunc(a, 'quarter') FROM ${table}`,
			);
			const dayMs = 86_400_000;
			const start = (date: Date): number => Date.parse(`${iso(date)}T00:00:00Z`);
			const expected = list.map(([a, b, n]) => {
				const [year, month] = [a.getUTCFullYear(), a.getUTCMonth()];
				return [
					iso(new Date(start(a) + n * dayMs)),
					addMonths(a, n),
					iso(new Date(Date.UTC(year, month + 1, 0))),
					String((start(a) - start(b)) / dayMs),
					String(a.getUTCDay() + 1),
					String((start(a) - Date.UTC(year, 0, 1)) / dayMs + 1),
					iso(new Date(Date.UTC(year, month - (month % 3), 1))),
				];
			});
			expect(received).toEqual(expected);
		}),
		{ numRuns: 8 },
	);
});

const letters = fc.constantFrom('a', 'B', 'ñ', 'é', '語', '👍', '𝒳', '1', ' ', "'", '%');
const text = fc.array(letters, { maxLength: 8 }).map((list) => list.join(''));
const quoted = (value: string): string => `'${value.replaceAll("'", "\\'")}'`;

test('text functions count code points, beyond the basic plane too', async () => {
	const place = fc.integer({ min: -10, max: 10 });
	await fc.assert(
		fc.asyncProperty(rows(fc.tuple(text, place, fc.nat(6))), async (list) => {
			const table = values(
				list.map(([s, from, count]) => [quoted(s), String(from), String(count)]),
				's, p, n',
			);
			const received = await answer(
				`SELECT s, length(s), substring(s, p, n), left(s, n), right(s, n), reverse(s), octet_length(s) FROM ${table}`,
			);
			const expected = list.map(([s, p, n]) => {
				const points = [...s];
				const begin = p > 0 ? p - 1 : p < 0 ? points.length + p : 0;
				return [
					s,
					String(points.length),
					points.slice(Math.max(begin, 0), Math.max(begin + n, 0)).join(''),
					points.slice(0, n).join(''),
					n === 0 ? '' : points.slice(-n).join(''),
					points.reverse().join(''),
					String(Buffer.byteLength(s)),
				];
			});
			expect(received).toEqual(expected);
		}),
		{ numRuns: 8 },
	);
});

type Truth = boolean | null;
const truth = fc.constantFrom<Truth>(true, false, null);
const sqlOf = (value: boolean | number | null): string => (value === null ? 'NULL' : String(value));
const and = (a: Truth, b: Truth): Truth =>
	a === false || b === false ? false : a === null || b === null ? null : true;
const not = (a: Truth): Truth => (a === null ? null : !a);
const textOf = (value: Truth): string | null => (value === null ? null : String(value));

test('AND, OR, NOT, IN and NOT IN are three-valued', async () => {
	const number = fc.option(fc.integer({ min: 0, max: 3 }));
	const list = fc.array(number, { minLength: 1, maxLength: 4 });
	await fc.assert(
		fc.asyncProperty(truth, truth, number, list, async (a, b, x, items) => {
			const inside: Truth =
				x === null ? null : items.includes(x) ? true : items.includes(null) ? null : false;
			const set = items.map(sqlOf).join(', ');
			const boolean = (value: Truth): string => `CAST(${sqlOf(value)} AS BOOLEAN)`;
			const number_ = `CAST(${sqlOf(x)} AS INT)`;
			const query = `(SELECT CAST(i AS INT) FROM VALUES ${items.map((item) => `(${sqlOf(item)})`).join(', ')} AS t(i))`;
			expect(
				await answer(
					`SELECT ${boolean(a)} AND ${boolean(b)}, ${boolean(a)} OR ${boolean(b)}, NOT ${boolean(a)}, ${number_} IN (${set}), ${number_} NOT IN (${set}), CASE WHEN ${number_} IN ${query} THEN 'in' WHEN ${number_} NOT IN ${query} THEN 'out' END`,
				),
			).toEqual([
				[
					textOf(and(a, b)),
					textOf(not(and(not(a), not(b)))),
					textOf(not(a)),
					textOf(inside),
					textOf(not(inside)),
					inside === null ? null : inside ? 'in' : 'out',
				],
			]);
		}),
		{ numRuns: 40 },
	);
});

test.each([
	[
		'-0.0 and 0.0 are one group, shown as 0.0',
		'x, count(*)',
		'GROUP BY x ORDER BY x',
		[
			['0.0', '2'],
			['NaN', '2'],
		],
	],
	['DISTINCT too', 'DISTINCT x', 'ORDER BY x', [['0.0'], ['NaN']]],
	['NaN is the greatest', 'max(x), min(x) + 0D', '', [['NaN', '0.0']]],
])('%s', async (_what, items, tail, expected) => {
	const table = values([['-0.0D'], ["double('NaN')"], ['0.0D'], ["double('NaN')"]], 'x');
	expect(await answer(`SELECT ${items} FROM ${table} ${tail}`)).toEqual(expected);
});

test.each([
	["'ſ' RLIKE '(?i)s'", 'letter case of Java is that of ASCII'],
	["reverse('e\\u0301x')", 'DuckDB keeps combined characters together'],
	["try_cast('1d' AS DOUBLE)", 'Java reads its own notation of numbers'],
	['from_unixtime(253402300800)', 'years beyond 9999 have a sign'],
])('%s is refused: %s', async (expression) => {
	expect(await answer(`SELECT ${expression}`)).toBe('UNSUPPORTED_FEATURE.LOCAL_WORKSPACE');
});

test('a FLOAT becomes a decimal through DOUBLE', async () => {
	expect(await answer('SELECT CAST(CAST(1.1 AS FLOAT) AS DECIMAL(20,10))')).toEqual([
		['1.1000000238'],
	]);
});
