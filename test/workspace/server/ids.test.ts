import fc from 'fast-check';
import { ManualClock } from '../../../workspace/clock';
import { idSchema, IdSource, parseJson, writeJson } from '../../../workspace/ids';

describe('JSON with long whole numbers', () => {
	test.each([
		['{"id":9007199254740993}', { id: 9007199254740993n }],
		['[9007199254740991,9007199254740992]', [9007199254740991, 9007199254740992n]],
		['-9223372036854775808', -9223372036854775808n],
		['"9007199254740993"', '9007199254740993'],
		['"\\"9007199254740993"', '"9007199254740993'],
		['0.12345678901234567890', 0.12345678901234568],
		['1e22', 1e22],
		['{"integer:9":9007199254740993}', { 'integer:9': 9007199254740993n }],
		['["integer:1",9007199254740993]', ['integer:1', 9007199254740993n]],
	])('%s is read exactly', (text, value) => {
		expect(parseJson(text)).toEqual(value);
	});

	test('what is written is read back', () => {
		const leaf = fc.oneof(
			fc.string(),
			fc.boolean(),
			fc.constant(null),
			fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n - 1n }),
			fc.maxSafeInteger(),
		);
		const json = fc.letrec((tie) => ({
			value: fc.oneof(
				{ depthSize: 'small' },
				leaf,
				fc.array(tie('value')),
				fc.dictionary(fc.string(), tie('value'), { noNullPrototype: true }),
			),
		})).value;
		fc.assert(
			fc.property(json, (value) => {
				expect(parseJson(writeJson(value))).toEqual(value);
			}),
		);
	});

	test('members that are undefined are left out', () => {
		expect(writeJson({ a: undefined, b: [1n, 'x'] })).toBe('{"b":[1,"x"]}');
	});
});

test.each([
	[8795252256436773772n, '8795252256436773772'],
	['8795252256436773772', '8795252256436773772'],
	[42, '42'],
	['007', '7'],
])('an id may come as %p', (given, id) => {
	expect(idSchema.parse(given)).toBe(id);
});

test.each([[-1], [1.5], ['abc'], ['']])('%p is no id', (given) => {
	expect(idSchema.safeParse(given).success).toBe(false);
});

test('every id changes when it is read as a double', () => {
	const source = new IdSource(new ManualClock());
	const ids = Array.from({ length: 1000 }, () => source.next());
	expect(new Set(ids).size).toBe(1000);
	expect(ids.filter((id) => BigInt(Number(id)).toString() === id)).toEqual([]);
});

test('short ids fit a double', () => {
	const source = new IdSource(new ManualClock(), true);
	const ids = Array.from({ length: 1000 }, () => source.next());
	expect(new Set(ids).size).toBe(1000);
	expect(ids.every((id) => Number.isSafeInteger(Number(id)))).toBe(true);
});

test('an id that was read back is not given again', () => {
	const source = new IdSource(new ManualClock());
	source.observe('9100000000000000000');
	expect(source.next()).toBe('9100000000000000003');
});
