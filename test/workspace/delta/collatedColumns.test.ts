import { openLakehouse, type OpenLakehouse } from './openLakehouse';

let opened: OpenLakehouse;
beforeAll(async () => {
	opened = await openLakehouse();
	await opened.run('CREATE TABLE p (c STRING)');
});
afterAll(() => opened.close());

const REFUSED = 'UNSUPPORTED_FEATURE.LOCAL_WORKSPACE';

test.each([
	'CREATE TABLE a (c STRING COLLATE UTF8_LCASE)',
	'CREATE TABLE a (c VARCHAR(3) COLLATE UTF8_LCASE)',
	'CREATE TABLE a (c ARRAY<STRING COLLATE UTF8_LCASE>)',
	'CREATE TABLE a (c STRING) DEFAULT COLLATION UTF8_LCASE',
	"CREATE TABLE a AS SELECT 'a' COLLATE UTF8_LCASE AS c",
	"CREATE VIEW a AS SELECT 'a' COLLATE UTF8_LCASE AS c",
	'ALTER TABLE p ADD COLUMN d STRING COLLATE UTF8_LCASE',
	"DECLARE x STRING COLLATE UTF8_LCASE DEFAULT 'a'",
])('%s is refused', async (sql) => {
	expect(await opened.conditionOf(sql)).toBe(REFUSED);
});

test('plain columns are compared under a collation, and keep their own', async () => {
	const { run, rows, conditionOf } = opened;
	await run("INSERT INTO p SELECT 'A' COLLATE UTF8_LCASE");
	expect(await rows("SELECT c, c = 'a', c COLLATE UTF8_LCASE = 'a' FROM p")).toEqual([
		['A', 'false', 'true'],
	]);
	expect(await rows("UPDATE p SET c = 'B' WHERE c COLLATE UTF8_LCASE = 'a'")).toEqual([['1']]);
	await run("ALTER TABLE p ADD CONSTRAINT k CHECK (c COLLATE UTF8_LCASE <> 'x')");
	expect(await conditionOf("INSERT INTO p VALUES ('X')")).toBe(
		'DELTA_VIOLATE_CONSTRAINT_WITH_VALUES',
	);
	await run(`MERGE INTO p USING (SELECT 'b' AS k) AS s ON p.c = s.k COLLATE UTF8_LCASE
		WHEN MATCHED THEN DELETE`);
	expect(await rows('SELECT count(*) FROM p')).toEqual([['0']]);
});
