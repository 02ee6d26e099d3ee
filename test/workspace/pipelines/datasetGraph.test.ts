import { datasetsIn } from '../../../workspace/pipelines/datasetDefinition';
import { resolveGraph } from '../../../workspace/pipelines/datasetGraph';

function graphOf(text: string) {
	return resolveGraph(datasetsIn({ path: 'a.sql', text }, { catalog: 'c', schema: 's' }));
}

it('puts what is read before what reads it, else keeps the order of the text', () => {
	const nodes = graphOf(`
		CREATE MATERIALIZED VIEW top AS SELECT * FROM Middle JOIN other.place.table1;
		CREATE MATERIALIZED VIEW alone AS SELECT 1;
		CREATE MATERIALIZED VIEW middle AS SELECT * FROM c.s.bottom JOIN c.s.bottom AS b2;
		CREATE STREAMING TABLE bottom AS SELECT * FROM STREAM read_files('/x');
	`);
	expect(nodes.map(({ fullName, upstream }) => ({ fullName, upstream }))).toEqual([
		{ fullName: 'c.s.bottom', upstream: [] },
		{ fullName: 'c.s.middle', upstream: ['c.s.bottom'] },
		{ fullName: 'c.s.top', upstream: ['c.s.middle'] },
		{ fullName: 'c.s.alone', upstream: [] },
	]);
});

it.each([
	['', 'RUN_EMPTY_PIPELINE'],
	[
		'CREATE MATERIALIZED VIEW a AS SELECT 1; CREATE MATERIALIZED VIEW A AS SELECT 2',
		'PIPELINE_DUPLICATE_IDENTIFIERS.OUTPUT',
	],
	[
		'CREATE STREAMING TABLE a AS SELECT * FROM range(3)',
		'INVALID_FLOW_QUERY_TYPE.BATCH_RELATION_FOR_STREAMING_TABLE',
	],
	[
		'CREATE MATERIALIZED VIEW a AS SELECT * FROM STREAM(b)',
		'INVALID_FLOW_QUERY_TYPE.STREAMING_RELATION_FOR_MATERIALIZED_VIEW',
	],
	['CREATE MATERIALIZED VIEW a AS SELECT * FROM a', "The downstream table 'c.s.a' is referenced"],
	[
		'CREATE MATERIALIZED VIEW a AS SELECT * FROM b; CREATE MATERIALIZED VIEW b AS SELECT * FROM a',
		"The downstream table 'c.s.b' is referenced when creating the upstream table or view 'c.s.a'. Circular dependencies are not supported in a pipeline. Please remove the dependency between 'c.s.a' and 'c.s.b'.",
	],
])('refuses %s', (text, message) => {
	expect(() => graphOf(text)).toThrow(message);
});
