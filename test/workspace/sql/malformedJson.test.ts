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
