import fc from 'fast-check';
import { idSchema, parseJson, wireId, writeJson } from '../../nodes/databricks/ids';
import { errorThrownBy } from './workspaceUnderTest';

describe('reading JSON', () => {
	it.each([
		['an id above 2^53', '{"run_id":7012345678901234567}', { run_id: '7012345678901234567' }],
		['a negative one', '[-7012345678901234567]', ['-7012345678901234567']],
		['the largest safe number', '[9007199254740991]', [9007199254740991]],
		['the first unsafe number', '[9007199254740993]', ['9007199254740993']],
		['digits inside a text', '{"a":"id 7012345678901234567"}', { a: 'id 7012345678901234567' }],
		[
			'an escaped quote before digits',
			'{"a":"\\"7012345678901234567"}',
			{ a: '"7012345678901234567' },
		],
		[
			'an escaped backslash at the end',
			'["\\\\",7012345678901234567]',
			['\\', '7012345678901234567'],
		],
		['a whole text that is an id', '  7012345678901234567', '7012345678901234567'],
		['an id after a line break', '{"a":\n\t7012345678901234567}', { a: '7012345678901234567' }],
		['NaN as scoring servers write it', '[NaN,-Infinity,"NaN"]', ['NaN', '-Infinity', 'NaN']],
		['a long fraction', '[0.12345678901234567890]', [0.12345678901234568]],
		['a long exponent number', '[1234567890123456789e2]', [Number('1234567890123456789e2')]],
		['digits as a key', '{"7012345678901234567":1}', { '7012345678901234567': 1 }],
	])('%s', (_what, text, expected) => {
		expect(parseJson(text)).toEqual(expected);
	});

	it('refuses what is no JSON', () => {
		expect(() => parseJson('{"a":')).toThrow(SyntaxError);
		expect(() => parseJson('<html>7012345678901234567</html>')).toThrow(SyntaxError);
	});

	it('reads a text of 30 MB with quotes in it', () => {
		const text = 'ab"\\7012345678901234567'.repeat(1_300_000);
		expect(parseJson(JSON.stringify([text]))).toEqual([text]);
	});
});

describe('writing JSON', () => {
	it.each([
		['bigint as digits', { job_id: 7012345678901234567n }, '{"job_id":7012345678901234567}'],
		['undefined members left out', { a: undefined, b: 1 }, '{"b":1}'],
		['undefined items as null', [undefined, 1], '[null,1]'],
		['dates as text', { at: new Date(0) }, '{"at":"1970-01-01T00:00:00.000Z"}'],
		['nothing as null', undefined, 'null'],
	])('%s', (_what, value, expected) => {
		expect(writeJson(value)).toBe(expected);
	});
});

const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });

/** JSON values whose whole numbers are `bigint` over the whole 64-bit range. */
const lossless = fc.letrec((tie) => ({
	value: fc.oneof(
		{ depthSize: 'small' },
		int64,
		fc.string({ unit: 'binary' }),
		fc.stringMatching(/^["\\0-9]{0,40}$/),
		fc.boolean(),
		fc.constant(null),
		fc.array(tie('value'), { maxLength: 5 }),
		fc.dictionary(fc.string(), tie('value'), { maxKeys: 5, noNullPrototype: true }),
	),
})).value;

/** What reading gives for what was written. */
function asRead(value: unknown): unknown {
	if (typeof value === 'bigint') {
		return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
	}
	if (Array.isArray(value)) return value.map(asRead);
	if (typeof value === 'object' && value !== null) {
		return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, asRead(member)]));
	}
	return value;
}

it('keeps every digit of every 64-bit number, and every text, there and back', () => {
	fc.assert(
		fc.property(lossless, (value) => {
			const text = writeJson(value);
			expect(parseJson(text)).toEqual(asRead(value));
			// A second passage changes nothing: digits that became text stay text.
			expect(parseJson(writeJson(asRead(value)))).toEqual(asRead(value));
		}),
		{ numRuns: 500 },
	);
});

it('reads like JSON.parse where nothing is lost', () => {
	fc.assert(
		fc.property(fc.json({ depthSize: 'small' }), (text) => {
			const value: unknown = JSON.parse(text);
			expect(asText(parseJson(text))).toEqual(asText(value));
		}),
	);

	/** Whole numbers of 16 digits and more compare by their text, which parseJson keeps exactly. */
	function asText(value: unknown): unknown {
		if (typeof value === 'number' && !Number.isSafeInteger(value) && Number.isInteger(value)) {
			return Number(value).toString();
		}
		if (typeof value === 'string' && /^-?\d{16,}$/.test(value)) return Number(value).toString();
		if (Array.isArray(value)) return value.map(asText);
		if (typeof value === 'object' && value !== null) {
			return Object.entries(value).map(([key, member]) => [key, asText(member)]);
		}
		return value;
	}
});

describe('ids', () => {
	it.each([
		[7, '7'],
		['7012345678901234567', '7012345678901234567'],
	])('%s is the id "%s"', (given, expected) => {
		expect(idSchema.parse(given)).toBe(expected);
	});

	it.each([['abc'], [1.5], [null], ['']])('%s is none', (given) => {
		expect(idSchema.safeParse(given).success).toBe(false);
	});

	it('goes on the wire as a number', () => {
		expect(wireId(' 7012345678901234567 ', 'Run ID')).toBe(7012345678901234567n);
	});

	it('says which id is wrong', () => {
		const error = errorThrownBy(() => wireId('my job', 'Job ID'));
		expect([error.kind, error.message]).toEqual(['badRequest', 'Job ID "my job" is not a number.']);
	});
});
