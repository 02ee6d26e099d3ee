import { readStatementParameters } from '../../nodes/SqlStatement/statementParameters';

const one = (row: Record<string, unknown>) => readStatementParameters([{ name: 'p', ...row }])[0];

test.each([
	['text', { type: 'STRING', value: ' RIM ' }, { name: 'p', type: 'STRING', value: ' RIM ' }],
	['empty text', { type: 'STRING', value: '' }, { name: 'p', type: 'STRING', value: '' }],
	[
		'null of an expression',
		{ type: 'DATE', value: null },
		{ name: 'p', type: 'DATE', value: null },
	],
	['the type Null', { type: 'NULL', value: 'x' }, { name: 'p', value: null }],
	['a colon in the name', { name: ':p', value: 'x' }, { name: 'p', type: 'STRING', value: 'x' }],
	[
		'money as text',
		{ type: 'DECIMAL', precisionScale: '18, 2', value: '12345678901234.50' },
		{ name: 'p', type: 'DECIMAL(18,2)', value: '12345678901234.50' },
	],
	[
		'a small number',
		{ type: 'DECIMAL', precisionScale: '38,9', value: 0.00000015 },
		{ name: 'p', type: 'DECIMAL(38,9)', value: '0.00000015' },
	],
	['a number', { type: 'INT', value: 3 }, { name: 'p', type: 'INT', value: '3' }],
	[
		'a long id as text',
		{ type: 'BIGINT', value: '9007199254740993' },
		{ name: 'p', type: 'BIGINT', value: '9007199254740993' },
	],
	[
		'a truth value',
		{ type: 'BOOLEAN', value: true },
		{ name: 'p', type: 'BOOLEAN', value: 'true' },
	],
	[
		'a date object',
		{ type: 'TIMESTAMP', value: new Date('2026-10-31T02:00:00Z') },
		{ name: 'p', type: 'TIMESTAMP', value: '2026-10-31T02:00:00.000Z' },
	],
	[
		'a list as JSON',
		{ type: 'STRING', value: ['RIM'] },
		{ name: 'p', type: 'STRING', value: '["RIM"]' },
	],
])('%s', (_case, row, parameter) => {
	expect(one(row)).toEqual(parameter);
});

test.each([
	[
		'a list as a number',
		{ type: 'INT', value: [1] },
		'The parameter "p" is a list or an object, which cannot be a INT.',
	],
	[
		'empty as a number',
		{ type: 'INT', value: ' ' },
		'The parameter "p" is empty, which is no INT.',
	],
	[
		'not a number',
		{ type: 'INT', value: Number.NaN },
		'The parameter "p" is NaN, which is no INT.',
	],
	[
		'digits that are lost already',
		{ type: 'BIGINT', value: 2 ** 53 },
		'The parameter "p" is a whole number with more digits than n8n keeps.',
	],
	[
		'a scale above the precision',
		{ type: 'DECIMAL', precisionScale: '2,4', value: '1' },
		'The parameter "p" cannot be a DECIMAL(2,4).',
	],
	[
		'a name that SQL has no marker for',
		{ name: '1st', value: '1' },
		'The parameter "1st" cannot be the name of a marker.',
	],
])('refused: %s', (_case, row, message) => {
	expect(() => one(row)).toThrow(message);
});

test('a name twice is refused, rows without a name are left out', () => {
	expect(readStatementParameters([{ name: ' ', value: 'x' }])).toEqual([]);
	expect(() => readStatementParameters([{ name: 'a' }, { name: ':a' }])).toThrow(
		'The parameter "a" is given twice.',
	);
});
