import { normaliseHost } from '../../nodes/databricks/host';
import { encodedFilePath, path } from '../../nodes/databricks/paths';
import { quoteIdentifier, quoteTableName, quoteText } from '../../nodes/databricks/sql/quoting';
import { errorThrownBy } from './workspaceUnderTest';

describe('the host as people write it', () => {
	it.each([
		['https://adb-1.2.azuredatabricks.net', { origin: 'https://adb-1.2.azuredatabricks.net' }],
		['adb-1.2.azuredatabricks.net', { origin: 'https://adb-1.2.azuredatabricks.net' }],
		[' adb-1.2.azuredatabricks.net/ ', { origin: 'https://adb-1.2.azuredatabricks.net' }],
		[
			'https://adb-1.2.azuredatabricks.net/?o=123456789#job/1/run/2',
			{ origin: 'https://adb-1.2.azuredatabricks.net', workspaceId: '123456789' },
		],
		[
			'https://x.cloud.databricks.com/sql/editor?o=abc',
			{ origin: 'https://x.cloud.databricks.com' },
		],
		['http://localhost:8080/', { origin: 'http://localhost:8080' }],
		['http://127.0.0.1:40001', { origin: 'http://127.0.0.1:40001' }],
		['localhost:8080', { origin: 'https://localhost:8080' }],
		['HTTPS://Data.Example.COM', { origin: 'https://data.example.com' }],
		['https://user:secret@data.example.com', { origin: 'https://data.example.com' }],
	])('%s', (text, expected) => {
		expect(normaliseHost(text)).toEqual(expected);
	});

	it.each([[''], ['https://'], ['ftp://data.example.com'], ['two words']])(
		'"%s" is none',
		(text) => {
			expect(errorThrownBy(() => normaliseHost(text)).kind).toBe('badRequest');
		},
	);

	it('does not show what may be secret in a wrong one', () => {
		const { message } = errorThrownBy(() => normaliseHost('ftp://me:pass@host/x?token=abc'));
		expect(message).toBe('"ftp://host/x" is not the address of a Databricks workspace.');
	});
});

describe('paths', () => {
	it.each([
		[path`/api/2.0/pipelines/${'a b/c'}/stop`, '/api/2.0/pipelines/a%20b%2Fc/stop'],
		[encodedFilePath('/Volumes/a/b/c/x y#1.txt'), '/Volumes/a/b/c/x%20y%231.txt'],
		[encodedFilePath('Volumes/a/b/c/'), '/Volumes/a/b/c'],
	])('%s', (built, expected) => {
		expect(built).toBe(expected);
	});

	it.each([[''], ['.'], ['..']])('"%s" cannot be a segment', (value) => {
		expect(errorThrownBy(() => path`/api/${value}/x`).kind).toBe('badRequest');
		expect(errorThrownBy(() => encodedFilePath(`/Volumes/a/${value}/c`)).kind).toBe('badRequest');
	});
});

describe('names in SQL', () => {
	it.each([
		['gold.bir.monthly_totals', '`gold`.`bir`.`monthly_totals`'],
		['`my.catalog`.s.t', '`my.catalog`.`s`.`t`'],
		['`a``b`', '`a``b`'],
		[' gold . bir . t ', '`gold`.`bir`.`t`'],
	])('%s', (name, expected) => {
		expect(quoteTableName(name)).toBe(expected);
	});

	it('takes parts as they are', () => {
		expect(quoteTableName(['a.b', 't`; DROP TABLE x'])).toBe('`a.b`.`t``; DROP TABLE x`');
	});

	it.each([
		[''],
		['a..b'],
		['a.b.c.d'],
		['a.'],
		['a\u0000b'],
		['`a'],
		['a`b'],
		['t`; DROP TABLE x'],
	])('%j is no table', (name) => {
		expect(errorThrownBy(() => quoteTableName(name)).kind).toBe('badRequest');
	});

	it('quotes one identifier and one text', () => {
		expect([quoteIdentifier('a`b'), quoteText("it's \\ here")]).toEqual([
			'`a``b`',
			"'it\\'s \\\\ here'",
		]);
	});
});
