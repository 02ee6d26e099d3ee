import { bindItem, bindRows } from '../../nodes/SqlStatement/bindParameters';
import { errorThrownBy } from '../databricks/workspaceUnderTest';

const one = (row: Record<string, unknown>) =>
	bindRows('SELECT :p', [{ name: 'p', ...row }]).parameters[0];

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
		{ name: 'p', type: 'DECIMAL(38,9)', value: '0.000000150' },
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

test.each([
	['a name twice', ':a', [{ name: 'a' }, { name: ':a' }], 'The parameter "a" is given twice.'],
	[
		'a marker without a value',
		"SELECT :a, ':b' -- :c",
		[],
		'The marker :a of the statement has no value.',
	],
	[
		'a value without a marker',
		"SELECT ':a' -- :a",
		[{ name: 'a', value: 'x' }],
		'The parameter "a" has no marker in the statement.',
	],
	[
		'a wrong element',
		'SELECT 1 WHERE 1 IN (:a)',
		[{ name: 'a', type: 'LIST', elementType: 'INT', value: [1, 'x'] }],
		'The parameter "a[1]" is "x", which is no INT.',
	],
	[
		'a list that is none',
		'SELECT 1 WHERE 1 IN (:a)',
		[{ name: 'a', type: 'LIST', value: 'RIM, BOM' }],
		'The parameter "a" is no list.',
	],
	...['x NOT IN (:a)', 'array(:a)', 'x IN (f(:a))', 'x IN (:a) OR x NOT  in ( 1, :a )'].map(
		(condition): [string, string, Record<string, unknown>[], string] => [
			`an empty list in ${condition}`,
			`SELECT ${condition}`,
			[{ name: 'a', type: 'LIST', value: '[]' }],
			'The parameter "a" is an empty list, which only IN (:a) takes.',
		],
	),
])('refused: %s', (_case, statement, rows, message) => {
	expect(() => bindRows(statement, rows)).toThrow(message);
});

test('a list of JSON numbers keeps their digits', () => {
	const list = (elementType: string) =>
		bindRows('SELECT 1 WHERE 1 IN (:a)', [
			{ name: 'a', type: 'LIST', elementType, precisionScale: '38,20', value },
		]).parameters.map((parameter) => parameter.value);
	const value = '[9007199254740993, 1.10]';
	expect(list('STRING')).toEqual(['9007199254740993', '1.10']);
	expect(list('DECIMAL')).toEqual([
		'9007199254740993.00000000000000000000',
		'1.10000000000000000000',
	]);
});

test.each([
	['a marker right after a word', 'SELECT CASE WHEN true THEN:p END', [{ name: 'p' }], 'THEN:p'],
	['a path with a space', 'SELECT v :p', [], 'data:p'],
])('the hint says what is wrong with %s', (_case, statement, rows, hint) => {
	const { hint: said } = errorThrownBy(() => bindRows(statement, rows));
	expect(said).toContain(hint);
});

test('rows without a name are left out', () => {
	expect(bindRows('SELECT 1', [{ name: ' ', value: 'x' }])).toEqual({
		statement: 'SELECT 1',
		parameters: [],
	});
});

test('each element of a list has a marker of its own, and bytes go as hexadecimal', () => {
	const statement = "SELECT * FROM t WHERE a IN (:a) AND b IN (:none) AND c = :bytes AND d = ':a'";
	expect(
		bindRows(statement, [
			{ name: 'a', type: 'LIST', elementType: 'STRING', value: ['RIM', null] },
			{ name: 'none', type: 'LIST', elementType: 'DECIMAL', precisionScale: '9,2', value: '[]' },
			{ name: 'bytes', type: 'BINARY', value: 'AQL/' },
		]),
	).toEqual({
		statement:
			"SELECT * FROM t WHERE a IN (:a_1, :a_2) AND b IN (CAST(NULL AS DECIMAL(9,2))) AND c = unhex(:bytes) AND d = ':a'",
		parameters: [
			{ name: 'a_1', type: 'STRING', value: 'RIM' },
			{ name: 'a_2', type: 'STRING', value: null },
			{ name: 'bytes', type: 'STRING', value: '0102ff' },
		],
	});
});

test('markers take the fields of the item, with the type that loses nothing', () => {
	const item = {
		agency: 'RIM',
		count: 3,
		big: 3_000_000_000,
		ratio: 0.5,
		yes: true,
		nothing: null,
		at: new Date('2026-10-31T02:00:00Z'),
		list: [1, 2.5],
		object: { a: 1 },
		unused: 'x',
	};
	const names = Object.keys(item).slice(0, -1);
	const { statement, parameters } = bindItem(
		`SELECT ${names.map((name) => `:${name}`).join(', ')}`,
		item,
	);
	expect(statement).toBe(
		'SELECT :agency, :count, :big, :ratio, :yes, :nothing, :at, :list_1, :list_2, :object',
	);
	expect(parameters).toEqual([
		{ name: 'agency', type: 'STRING', value: 'RIM' },
		{ name: 'count', type: 'INT', value: '3' },
		{ name: 'big', type: 'BIGINT', value: '3000000000' },
		{ name: 'ratio', type: 'DOUBLE', value: '0.5' },
		{ name: 'yes', type: 'BOOLEAN', value: 'true' },
		{ name: 'nothing', type: 'STRING', value: null },
		{ name: 'at', type: 'TIMESTAMP', value: '2026-10-31T02:00:00.000Z' },
		{ name: 'list_1', type: 'DOUBLE', value: '1' },
		{ name: 'list_2', type: 'DOUBLE', value: '2.5' },
		{ name: 'object', type: 'STRING', value: '{"a":1}' },
	]);
	expect(() => bindItem('SELECT :gone', item)).toThrow(
		'The marker :gone of the statement has no value.',
	);
});
