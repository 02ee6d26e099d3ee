import fc from 'fast-check';
import { heldNumber, isSameNumber, parseExactJson } from '../../nodes/databricks/exactJson';
import { writeJson } from '../../nodes/databricks/ids';

test.each([
	['12345678901234.56789012345', '12345678901234.56789012345'],
	[' { "a" : [ 1.10 , -0, 1e400, 7 ] } ', '{"a":[1.10,-0,1e400,7]}'],
	['["\\u00001.10","\\u0000\\u00001.10",1.10]', '["\\u00001.10","\\u0000\\u00001.10",1.10]'],
	['{"\\u00001.10":"1.10"}', '{"\\u00001.10":"1.10"}'],
	['[NaN,-Infinity,1.0]', '["NaN","-Infinity",1.0]'],
])('%s is read without a loss', (text, written) => {
	expect(writeJson(parseExactJson(text))).toBe(written);
});

test.each([
	'[01]',
	'[1.]',
	'[.5]',
	'[+1.50]',
	'[1.50.2]',
	'{1.50:1}',
	'{1.50 : 1}',
	'1.50 2.50',
	'',
])('%s is no JSON', (text) => {
	expect(() => parseExactJson(text)).toThrow(SyntaxError);
});

test('reads like JSON.parse, but for the numbers', () => {
	fc.assert(
		fc.property(
			fc.json({ depthSize: 'small' }),
			fc.stringMatching(/^[ ,:"\\u0-9.e-]*$/),
			(json, key) => {
				const text = `[${json},${JSON.stringify({ [key]: key })},1.0]`;
				expect(parseExactJson(text, Number)).toEqual(JSON.parse(text));
			},
		),
	);
});

test.each([
	['1.10', 1.1],
	['1.0E10', 1e10],
	['1e21', 1e21],
	['0.1', 0.1],
	['9007199254740993', '9007199254740993'],
	['0.12345678901234567890', '0.12345678901234567890'],
	['1e-400', '1e-400'],
	['-1e400', '-1e400'],
])('JavaScript holds %s as %j', (text, held) => {
	expect(heldNumber(text)).toBe(held);
});

test.each([
	['1.50', '15e-1', true],
	['-0', '0.000', true],
	['+100', '1E2', true],
	['-1', '1', false],
	['1', '10', false],
])('%s and %s: one number, %s', (a, b, expected) => {
	expect(isSameNumber(a, b)).toBe(expected);
});
