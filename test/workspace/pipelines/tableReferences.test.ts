import { tablesReadBy } from '../../../workspace/pipelines/tableReferences';

it.each([
	['SELECT * FROM a', 'a'],
	['SELECT * FROM a.b.c AS x JOIN `d e`.f y ON x.id = y.id', 'a.b.c d e.f'],
	['SELECT * FROM a, b x, c WHERE a.id IN (SELECT id FROM d)', 'a b c d'],
	['SELECT f(a, b), c FROM t GROUP BY x, y ORDER BY z, w', 't'],
	['WITH c AS (SELECT * FROM a), d (x, y) AS (SELECT 1 FROM c) SELECT * FROM d JOIN c', 'a'],
	['SELECT * FROM STREAM(a.b)', 'STREAM a.b'],
	['SELECT * FROM STREAM a.b x JOIN c', 'STREAM a.b c'],
	['SELECT * FROM (a JOIN b ON a.x = b.x)', 'a b'],
	['SELECT * FROM (SELECT x, y FROM a) LEFT JOIN b', 'a b'],
	["SELECT * FROM STREAM read_files('/a', format => 'json')", 'STREAM read_files()'],
	["SELECT * FROM read_files('/a'), b", 'b'],
	['SELECT * FROM a UNION ALL SELECT * FROM b', 'a b'],
	['SELECT * FROM VALUES (1, 2) AS t(x, y)', ''],
	["SELECT 'FROM x' AS `FROM` FROM a -- FROM b", 'a'],
	['SELECT x FROM a QUALIFY row_number() OVER (PARTITION BY x, y ORDER BY z) = 1', 'a'],
])('%s', (query, expected) => {
	const { tables, streamedFunctions } = tablesReadBy(query);
	const found = [
		...tables.map(({ parts, stream }) => `${stream ? 'STREAM ' : ''}${parts.join('.')}`),
		...streamedFunctions.map((name) => `STREAM ${name}()`),
	];
	expect(found.join(' ')).toBe(expected);
});
