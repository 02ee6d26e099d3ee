import { openLakehouse, type OpenLakehouse } from './openLakehouse';

/** Bytes that are no UTF-8 as text: Spark keeps them, its clients decode them (measured with Spark 4.1). */

let opened: OpenLakehouse;
beforeAll(async () => {
	opened = await openLakehouse();
	await opened.run('CREATE TABLE b (n INT, v BINARY)');
	await opened.run("INSERT INTO b VALUES (1, X'41FF'), (2, X'41'), (3, X'41EFBFBD'), (4, NULL)");
});
afterAll(() => opened.close());

const REFUSED = 'UNSUPPORTED_FEATURE.LOCAL_WORKSPACE';

test.each<[bytes: string, text: string]>([
	['00FF10', '\0\uFFFD\x10'],
	['41C2', 'A\uFFFD'],
	['41E28241', 'A\uFFFDA'],
	['41F09F98', 'A\uFFFD'],
	['EDA08041', '\uFFFDA'],
	['EDA041', '\uFFFDA'],
	['ED', '\uFFFD'],
	['C080', '\uFFFD\uFFFD'],
	['E08080', '\uFFFD\uFFFD\uFFFD'],
	['F4908080', '\uFFFD\uFFFD\uFFFD\uFFFD'],
	['F888808080', '\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD'],
	['E2E282AC', '\uFFFD€'],
	['EFBBBF41', '\uFEFFA'],
])('X%s is given out as %j', async (bytes, text) => {
	expect(await opened.rows(`SELECT CAST(X'${bytes}' AS STRING)`)).toEqual([[text]]);
});

test.each<[sql: string, rows: (string | null)[][]]>([
	[
		'SELECT n, CAST(v AS STRING) AS t FROM b ORDER BY n LIMIT 3',
		[
			['1', 'A\uFFFD'],
			['2', 'A'],
			['3', 'A\uFFFD'],
		],
	],
	["SELECT array(X'FF', X'41')::STRING", [['[\uFFFD, A]']]],
	[
		"SELECT CAST(map(X'FF', 1) AS STRING), TRY_CAST(struct(X'FF') AS STRING)",
		[['{\uFFFD -> 1}', '{\uFFFD}']],
	],
	['WITH c AS (SELECT v FROM b WHERE n = 1) SELECT CAST(v AS STRING) FROM c', [['A\uFFFD']]],
	['(SELECT CAST(v AS STRING) FROM b WHERE n = 1)', [['A\uFFFD']]],
	// bytes that are UTF-8 are texts everywhere
	['SELECT length(CAST(v AS STRING)) FROM b WHERE n = 3', [['2']]],
	[
		'SELECT n, CAST(v AS STRING) AS t FROM b WHERE n > 1 ORDER BY t, n',
		[
			['4', null],
			['2', 'A'],
			['3', 'A\uFFFD'],
		],
	],
])('%s', async (sql, rows) => {
	expect(await opened.rows(sql)).toEqual(rows);
});

/** Where the text is not only shown, the bytes would count. */
test.each([
	'SELECT length(CAST(v AS STRING)) FROM b',
	"SELECT CAST(v AS STRING) || 'x' FROM b",
	"SELECT n FROM b WHERE CAST(v AS STRING) = 'A'",
	'SELECT DISTINCT CAST(v AS STRING) FROM b',
	'SELECT CAST(v AS STRING) AS t FROM b ORDER BY t',
	'SELECT CAST(v AS STRING) FROM b ORDER BY 1',
	'SELECT CAST(v AS STRING) FROM b ORDER BY ALL',
	'SELECT CAST(v AS STRING) FROM b GROUP BY v',
	'SELECT CAST(v AS STRING) FROM b GROUP BY 1',
	"SELECT CAST(v AS STRING) FROM b UNION ALL SELECT 'x'",
	'SELECT t FROM (SELECT CAST(v AS STRING) AS t FROM b)',
	'SELECT CAST(v AS STRING) AS t, length(t) FROM b',
	'(SELECT CAST(v AS STRING) FROM b) LIMIT 1',
	'SELECT array(CAST(v AS STRING)) FROM b',
	"SELECT CAST(CAST(X'31FF' AS STRING) AS INT)",
	'CREATE TABLE c AS SELECT CAST(v AS STRING) AS t FROM b',
	'INSERT INTO b SELECT n, CAST(CAST(v AS STRING) AS BINARY) FROM b',
])('%s is refused', async (sql) => {
	expect(await opened.conditionOf(sql)).toBe(REFUSED);
});

test('what a view gives is not what a client is shown', async () => {
	await opened.run('CREATE VIEW w AS SELECT n, CAST(v AS STRING) AS t FROM b');
	expect(await opened.conditionOf('SELECT t FROM w')).toBe(REFUSED);
	expect(await opened.rows('SELECT t FROM w WHERE n = 2')).toEqual([['A']]);
});

test('a variable holds no text that is only shown', async () => {
	const script = (bytes: string) => `BEGIN
		DECLARE s STRING;
		EXECUTE IMMEDIATE "SELECT CAST(X'${bytes}' AS STRING)" INTO s;
		SELECT length(s);
	END`;
	expect(await opened.rows(script('4141'))).toEqual([['2']]);
	expect(await opened.conditionOf(script('41FF'))).toBe(REFUSED);
});
