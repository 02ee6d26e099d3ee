import { markersOf, onlyReads, replaceMarkers } from '../../../nodes/databricks/sql/statementText';

describe('markers', () => {
	it.each<[string, string, string[]]>([
		['where values stand', 'SELECT :a, (:b), x=:c, LIMIT :d', ['a', 'b', 'c', 'd']],
		['the same twice', 'SELECT :a + :a', ['a', 'a']],
		['at both ends', ':a AND :b', ['a', 'b']],
		['not in a text', "SELECT ':a', 'it''s :b', 'x\\':c', \":d\"", []],
		['after a text', "SELECT ':a' || :b", ['b']],
		['not in a raw text, in which nothing is escaped', 'SELECT r\'\\\' || :a || R":b"', ['a']],
		['a word that ends in r is no raw text', "SELECT user'x\\':no' || :a", ['a']],
		['not in a quoted name', 'SELECT `:a``:b` FROM t', []],
		['not in a comment', 'SELECT 1 -- :a\n, :b /* :c /* :d */ :e */ , :f', ['b', 'f']],
		['not in an open comment', 'SELECT :a /* :b', ['a']],
		['not in a cast, a path or a type', 'SELECT a::INT, raw:owner, CAST(x AS STRUCT<a: INT>)', []],
		['in an index', 'SELECT m[:key]', ['key']],
	])('%s', (_what, statement, names) => {
		expect(markersOf(statement).map(({ name }) => name)).toEqual(names);
	});

	it('are replaced where they stand', () => {
		const statement = "SELECT ':a' WHERE x IN (:a) AND y = :b AND z = :aa";
		expect(replaceMarkers(statement, (name) => (name === 'a' ? ':a_1, :a_2' : undefined))).toBe(
			"SELECT ':a' WHERE x IN (:a_1, :a_2) AND y = :b AND z = :aa",
		);
	});
});

describe('whether a statement only reads', () => {
	it.each([
		["SELECT r'\\', 'DELETE'", true],
		["SELECT r'\\' ; DELETE FROM t WHERE x = '", false],
		['/* /* nested */ SELECT */ DELETE FROM t', false],
		['-- why\nWITH a AS (SELECT 1) SELECT * FROM a', true],
		['WITH a AS (SELECT 1) INSERT INTO t SELECT * FROM a', false],
	])('%s: %s', (statement, expected) => {
		expect(onlyReads(statement)).toBe(expected);
	});
});
