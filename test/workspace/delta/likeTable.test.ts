import { openLakehouse, type OpenLakehouse } from './openLakehouse';

let opened: OpenLakehouse;
beforeAll(async () => {
	opened = await openLakehouse();
	await opened.run(`CREATE TABLE source (id BIGINT NOT NULL COMMENT 'key', v STRING DEFAULT 'x', p STRING)
		PARTITIONED BY (p) COMMENT 'all' TBLPROPERTIES ('team' = 'fin', 'delta.feature.allowColumnDefaults' = 'supported')`);
	await opened.run('ALTER TABLE source ADD CONSTRAINT pos CHECK (id > 0)');
	await opened.run("INSERT INTO source (id, p) VALUES (1, 'q')");
	await opened.run('CREATE TABLE clustered (id INT) CLUSTER BY (id)');
	await opened.run('CREATE VIEW seen AS SELECT id FROM source');
});
afterAll(async () => await opened.close());

test('CREATE TABLE LIKE copies all but the rows; properties that are written win', async () => {
	const { columns } = await opened.run(
		"CREATE TABLE copy LIKE source USING DELTA TBLPROPERTIES ('team' = 'hr')",
	);
	expect(columns).toEqual([]);
	const shown = async (table: string) =>
		(await opened.rows(`SHOW CREATE TABLE ${table}`))[0]?.[0]?.replaceAll(table, 'it');
	expect(await shown('copy')).toBe((await shown('source'))?.replace("'fin'", "'hr'"));
	expect(await opened.rows('SELECT * FROM copy')).toEqual([]);
	await opened.run("INSERT INTO copy (id, p) VALUES (5, 'q')");
	expect(await opened.rows('SELECT * FROM copy')).toEqual([['5', 'x', 'q']]);
	expect(await opened.conditionOf("INSERT INTO copy (id, p) VALUES (-1, 'q')")).toBe(
		'DELTA_VIOLATE_CONSTRAINT_WITH_VALUES',
	);
	expect(await opened.rows('SELECT count(*) FROM source')).toEqual([['1']]);
});

test.each([
	['CREATE TABLE other LIKE nope', 'TABLE_OR_VIEW_NOT_FOUND'],
	['CREATE TABLE source LIKE clustered', 'TABLE_OR_VIEW_ALREADY_EXISTS'],
	['CREATE TABLE other LIKE clustered', 'UNSUPPORTED_FEATURE.LOCAL_WORKSPACE'],
	['CREATE TABLE other LIKE seen', 'UNSUPPORTED_FEATURE.LOCAL_WORKSPACE'],
	['CREATE TABLE other LIKE source AS SELECT 1', 'PARSE_SYNTAX_ERROR'],
])('%s is %s', async (statement, condition) => {
	expect(await opened.conditionOf(statement)).toBe(condition);
});
