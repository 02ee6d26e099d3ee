import { cell, Session } from './session';

let session: Session;
beforeAll(async () => {
	session = await Session.open();
});
afterAll(() => session.close());

const REFUSED = '[UNSUPPORTED_FEATURE.LOCAL_WORKSPACE]';

/** JSON that is cut off is read as nothing, as Spark reads it; what else is wrong with it is refused. */
test.each<[json: string, schema: string, want: string | null]>([
	['[1,', 'array<int>', null],
	['[1', 'array<int>', null],
	['[{"a": [1, 2', 'array<struct<a:array<int>>>', null],
	['{"a": 1, "b": "x', 'map<string,string>', null],
	['{"a": 1, "b":', 'a int, b int', '{null, null}'],
	['{', 'a int', '{null}'],
	['[1] and more', 'array<int>', REFUSED],
	['[1, }', 'array<int>', REFUSED],
	["['a'", 'array<string>', REFUSED],
	['{"a": 1, "a": 2', 'a int', REFUSED],
	['[1]', 'array<int>', '[1]'],
])('from_json of %s as %s is %s', async (json, schema, want) => {
	const text = `'${json.replaceAll("'", "\\'")}'`;
	expect(await cell(session, `SELECT from_json(${text}, '${schema}')`)).toBe(want);
});

/** In the mode FAILFAST Spark ends in an error where it gives NULL otherwise: here it is refused. */
test.each<[json: string, schema: string, options: string, want: string | null]>([
	['[1', 'array<int>', "map('mode', 'FAILFAST')", REFUSED],
	['{"a": 1, "b":', 'a int, b int', "map('MODE', 'failfast')", REFUSED],
	['{"a": [1]}', 'a map<string,string>', "map('mode', 'FAILFAST')", REFUSED],
	['{"b": 1}', 'a int, b int', "map('mode', 'FAILFAST')", '{null, 1}'],
	['[1', 'array<int>', "map('mode', 'PERMISSIVE')", null],
	['[1]', 'array<int>', "map('primitivesAsString', 'true')", REFUSED],
	['[1]', 'array<int>', "map('mode', 'FAILFAST', 'x', 'y')", REFUSED],
	['[1]', 'array<int>', "'FAILFAST'", REFUSED],
])('from_json of %s as %s with %s is %s', async (json, schema, options, want) => {
	const statement = `SELECT from_json('${json}', '${schema}', ${options})`;
	expect(await cell(session, statement)).toBe(want);
});
