import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { datasetsIn } from '../../../workspace/pipelines/datasetDefinition';

const defaults = { catalog: 'silver', schema: 'scout' };

function read(text: string) {
	return datasetsIn({ path: '/src/a.sql', text }, defaults);
}

it('reads a streaming table with everything that it may have', () => {
	const [definition] = read(`
		-- a comment; with a semicolon
		CREATE OR REFRESH STREAMING TABLE gold.bir.\`odd name\` (
			CONSTRAINT a EXPECT (x IN ('(', ')')) ON VIOLATION DROP ROW,
			CONSTRAINT b EXPECT (y > 0) ON VIOLATION FAIL UPDATE,
			CONSTRAINT c EXPECT (z)
		)
		COMMENT 'it''s here'
		TBLPROPERTIES ('quality' = 'gold', delta.enableChangeDataFeed = true)
		CLUSTER BY (agency, period)
		AS SELECT * FROM STREAM(raw) -- trailing
		WHERE x > 1;
	`);
	expect(definition).toEqual({
		name: ['gold', 'bir', 'odd name'],
		kind: 'STREAMING_TABLE',
		query: 'SELECT * FROM STREAM(raw) -- trailing\n\t\tWHERE x > 1',
		expectations: [
			{ name: 'a', condition: "x IN ('(', ')')", onViolation: 'drop' },
			{ name: 'b', condition: 'y > 0', onViolation: 'fail' },
			{ name: 'c', condition: 'z', onViolation: 'warn' },
		],
		comment: "it's here",
		properties: { quality: 'gold', 'delta.enableChangeDataFeed': 'true' },
		clusterBy: ['agency', 'period'],
		references: [{ name: ['silver', 'scout', 'raw'], stream: true }],
		readsStreamOfFiles: false,
		path: '/src/a.sql',
	});
});

it('reads a materialized view and puts the defaults before short names', () => {
	const definitions = read(`
		CREATE MATERIALIZED VIEW totals PARTITIONED BY (d) AS SELECT 1 FROM x.y JOIN z;
		CREATE OR REFRESH STREAMING TABLE s CLUSTER BY AUTO AS SELECT * FROM STREAM read_files('/v')
	`);
	expect(
		definitions.map(({ name, kind, partitionBy, references }) => ({
			name,
			kind,
			partitionBy,
			references,
		})),
	).toEqual([
		{
			name: ['silver', 'scout', 'totals'],
			kind: 'MATERIALIZED_VIEW',
			partitionBy: ['d'],
			references: [
				{ name: ['silver', 'x', 'y'], stream: false },
				{ name: ['silver', 'scout', 'z'], stream: false },
			],
		},
		{
			name: ['silver', 'scout', 's'],
			kind: 'STREAMING_TABLE',
			partitionBy: undefined,
			references: [],
		},
	]);
	expect(definitions[1]?.readsStreamOfFiles).toBe(true);
});

it("reads the bundle's pipeline", () => {
	const files = ['bronze', 'silver', 'gold'].map((name) =>
		readFileSync(join(__dirname, `../../../bundle/src/pipeline/${name}.sql`), 'utf8'),
	);
	const definitions = files.flatMap(read);
	expect(
		definitions.map(({ name, kind, expectations, references }) => ({
			name: name.join('.'),
			kind,
			expectations: expectations.map((each) => `${each.name} ${each.onViolation}`),
			reads: references.map((reference) => reference.name.join('.')),
		})),
	).toEqual([
		{
			name: 'bronze.scout.transactions',
			kind: 'STREAMING_TABLE',
			expectations: [],
			reads: [],
		},
		{
			name: 'silver.scout.transactions',
			kind: 'STREAMING_TABLE',
			expectations: [
				'valid_id drop',
				'positive_amount drop',
				'known_agency drop',
				'valid_date drop',
			],
			reads: ['bronze.scout.transactions'],
		},
		{
			name: 'silver.scout.latest_transactions',
			kind: 'MATERIALIZED_VIEW',
			expectations: [],
			reads: ['silver.scout.transactions'],
		},
		{
			name: 'gold.bir.monthly_totals',
			kind: 'MATERIALIZED_VIEW',
			expectations: [],
			reads: ['silver.scout.latest_transactions'],
		},
		{
			name: 'gold.bir.category_analysis',
			kind: 'MATERIALIZED_VIEW',
			expectations: [],
			reads: ['silver.scout.latest_transactions'],
		},
	]);
});

it.each([
	['CREATE MATERIALISED VIEW a AS SELECT 1', 'PARSE_SYNTAX_ERROR', "near 'MATERIALISED'"],
	['CREATE MATERIALIZED VIEW a', '0A000', 'without a query'],
	['CREATE MATERIALIZED VIEW a (id INT) AS SELECT 1', '0A000', 'column lists'],
	[
		'CREATE MATERIALIZED VIEW a (CONSTRAINT c EXPECT x) AS SELECT 1',
		'PARSE_SYNTAX_ERROR',
		"near 'x'",
	],
	['CREATE MATERIALIZED VIEW a SCHEDULE CRON "0 0" AS SELECT 1', '0A000', 'schedule'],
	['CREATE TEMPORARY VIEW a AS SELECT 1', '0A000', 'views of a pipeline'],
	['CREATE OR REFRESH PRIVATE MATERIALIZED VIEW a AS SELECT 1', '0A000', 'PRIVATE'],
	['CREATE FLOW f AS INSERT INTO t BY NAME SELECT 1', '0A000', 'CREATE FLOW'],
	['APPLY CHANGES INTO t FROM s', '0A000', 'change data capture'],
	['SET a = 1', '0A000', 'SET in a pipeline'],
	['CREATE MATERIALIZED VIEW a AS SELECT * FROM LIVE.x', '0A000', 'LIVE'],
	['CREATE MATERIALIZED VIEW a AS SELECT * FROM w.x.y.z', '0A000', 'w.x.y.z'],
	[
		'INSERT INTO x VALUES (1)',
		'PIPELINE_SQL_GRAPH_ELEMENT_REGISTRATION_ERROR',
		'Unsupported plan InsertIntoStatement parsed from SQL query\nOffending query:\nINSERT INTO x VALUES (1)\nQuery defined at /src/a.sql',
	],
	['SELECT 1', 'PIPELINE_SQL_GRAPH_ELEMENT_REGISTRATION_ERROR', 'Unsupported plan Project'],
])('refuses %s', (text, code, message) => {
	expect(() => read(text)).toThrow(message);
	expect(() => read(text)).toThrow(code);
});
