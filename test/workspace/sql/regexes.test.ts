import { openLakehouse, type OpenLakehouse } from '../delta/openLakehouse';

let opened: OpenLakehouse;
beforeAll(async () => {
	opened = await openLakehouse();
	await opened.run('CREATE TABLE texts (s STRING)');
});
afterAll(() => opened.close());

const sqlText = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

/** Answers of Java (OpenJDK 17); the text comes from a table, so that nothing is folded early. */
async function answer(text: string, expression: (column: string) => string) {
	await opened.run(`INSERT OVERWRITE texts VALUES (${sqlText(text)})`);
	const [row] = await opened.rows(`SELECT CAST(${expression('s')} AS STRING) FROM texts`);
	return row?.[0];
}

test.each([
	['ab\n', '^ab$', 'true'],
	['ab\r\n', 'b$', 'true'],
	['a\r', 'a$', 'true'],
	['a\r\n', 'a\\r$', 'false'],
	['ab\n\n', 'b$', 'false'],
	['a\r\nb', 'a$', 'false'],
	['x\u2028', '(y|x$)', 'true'],
	['b\n', 'a$|b$', 'true'],
	['a\r', 'a.', 'false'],
	['a\u2028', 'a.', 'false'],
	['a\u0085', 'a.', 'false'],
	['a😀', '^a.$', 'true'],
	['\u000b', '\\s', 'true'],
	['\u000b', '^[x\\s]$', 'true'],
	['\u000b', '[^\\s]', 'false'],
	['\u00a0', '\\s', 'false'],
	['a.$', '[.$]{2}', 'true'],
	['$1', '\\$\\d', 'true'],
	['ABC', '(?i)^[a-c]+$', 'true'],
])('%j RLIKE %j is %s, as in Java', async (text, pattern, want) => {
	expect(await answer(text, (s) => `${s} RLIKE ${sqlText(pattern)}`)).toBe(want);
	expect(await answer(text, (s) => `regexp_like(${s}, ${sqlText(pattern)})`)).toBe(want);
});

test.each([
	['abc', '(a)(b)', '$2$1', 'bac'],
	['abc', '(a)', '$10', 'a0bc'],
	['abc', 'a', '\\0', '0bc'],
	['a.b', '\\.', '\\\\.', 'a\\.b'],
	['abc', 'b', '\\$x', 'a$xc'],
	['xyz', 'a', '$9', 'xyz'],
	['  ab  ', '^\\s*', '', 'ab  '],
	['  ab  ', '^\\s*', '>', '>ab  '],
	['  ab  ', '\\s*$', '', '  ab'],
	['foo bar', '\\s*', '', 'foobar'],
	['a1b22', '\\d+', '#', 'a#b#'],
])('%j with %j replaced by %j is %j', async (text, pattern, by, want) => {
	const call = (s: string) => `regexp_replace(${s}, ${sqlText(pattern)}, ${sqlText(by)})`;
	expect(await answer(text, call)).toBe(want);
});

test.each([
	['a group that is not there', '(a)', '$2'],
	['a $ at the end', 'a', 'x$'],
	['a backslash at the end', 'a', 'x\\'],
	['a $ before a letter', 'a', '$x'],
])('a replacement with %s fails where the pattern matches', async (_name, pattern, by) => {
	const call = (s: string) => `regexp_replace(${s}, ${sqlText(pattern)}, ${sqlText(by)})`;
	expect(await answer('xyz', call)).toBe('xyz');
	await expect(answer('abc', call)).rejects.toThrow(
		`[INVALID_REGEXP_REPLACE] Could not perform regexp_replace for source = "abc", pattern = "${pattern}", replacement = "${by}" and position = 1. SQLSTATE: 22023`,
	);
});

test.each([
	['ab\n', "regexp_extract(s, '(b)$', 1)"],
	['ab\r\n', "regexp_replace(s, 'b$', '')"],
	['ab\n', "split(s, 'b$')"],
	['\u212a', "s RLIKE '(?i)k'"],
	['aaa', "regexp_replace(s, 'a*', '-')"],
	['abc', "split(s, 'x*')"],
	['É', "s RLIKE '(?i)é'"],
	['ab', "s RLIKE 'a$b'"],
	['ab', "s RLIKE '(?m)a$'"],
	['ab', "s RLIKE 'a++'"],
	['ab', "s RLIKE '[a&&b]'"],
	['ab', 's RLIKE s'],
])('%j: %s is refused rather than answered otherwise than by Java', async (text, expression) => {
	await expect(answer(text, () => expression)).rejects.toMatchObject({ sqlState: '0A000' });
});

test.each([
	['ab', "regexp_extract(s, '(b)$', 1)", 'b'],
	['a\nb', "regexp_extract(s, '(.)$', 1)", 'b'],
	['a1b', "array_join(split(s, '\\\\d'), '|')", 'a|b'],
	['K', "s RLIKE '(?i)k'", 'true'],
])('%j: %s is %s, as nothing in the text is read otherwise', async (text, expression, want) => {
	expect(await answer(text, () => expression)).toBe(want);
});

test('a text that is no pattern to Java is said to be none', async () => {
	await expect(answer('ab', (s) => `${s} RLIKE '[b'`)).rejects.toThrow(
		"[INVALID_PARAMETER_VALUE.PATTERN] The value of parameter(s) `regexp` in `rlike` is invalid: '[b'.",
	);
});
