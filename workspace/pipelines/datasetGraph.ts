import { SqlError } from '../sql/sqlError';
import type { DatasetDefinition, TableName } from './datasetDefinition';

/** A dataset with the names that its query reads, resolved against the pipeline's defaults. */
export interface GraphNode {
	definition: DatasetDefinition;
	fullName: string;
	/** Datasets of the same pipeline that it reads. */
	upstream: string[];
}

export function fullNameOf(name: TableName): string {
	return name.join('.');
}

/** Name with backticks, as error texts give it. */
export function quotedNameOf(name: TableName): string {
	return name.map((part) => `\`${part.replaceAll('`', '``')}\``).join('.');
}

/**
 * The datasets of a pipeline in the order in which they can be refreshed: what is read comes before
 * what reads it, else the order of the files is kept. Names compare without regard to case. Throws
 * SqlError when there is none, when two have one name, when they read each other in a circle, or
 * when a streaming table reads no stream. Texts recorded from Spark 4.1's pipelines.
 */
export function resolveGraph(definitions: DatasetDefinition[]): GraphNode[] {
	if (definitions.length === 0) {
		throw new SqlError(
			'RUN_EMPTY_PIPELINE',
			'42617',
			'Pipelines are expected to have at least one non-temporary dataset defined (tables, persisted views) but no non-temporary datasets were found in your pipeline.\nPlease verify that you have included the expected source files, and that your source code includes table definitions (e.g., CREATE MATERIALIZED VIEW in SQL code, @dp.table in python code).',
		);
	}
	const byName = new Map<string, DatasetDefinition>();
	for (const definition of definitions) {
		const key = keyOf(definition.name);
		if (byName.has(key)) throw duplicate(definition.name);
		byName.set(key, definition);
	}
	const nodes = new Map<string, GraphNode>();
	for (const [key, definition] of byName) {
		checkKind(definition);
		const reads = definition.references.map((reference) => keyOf(reference.name));
		nodes.set(key, {
			definition,
			fullName: fullNameOf(definition.name),
			upstream: [...new Set(reads.filter((name) => byName.has(name)))],
		});
	}
	return inOrder(nodes);
}

/** A name as it compares with others. */
export function keyOf(name: TableName): string {
	return fullNameOf(name).toLowerCase();
}

function inOrder(nodes: Map<string, GraphNode>): GraphNode[] {
	const ordered: GraphNode[] = [];
	const done = new Set<string>();
	const visit = (key: string, path: string[]): void => {
		const node = nodes.get(key);
		if (!node || done.has(key)) return;
		for (const upstream of node.upstream) {
			if (upstream === key || path.includes(upstream)) throw circular(upstream, key, nodes);
			visit(upstream, [...path, key]);
		}
		done.add(key);
		ordered.push(node);
	};
	for (const key of nodes.keys()) visit(key, []);
	return ordered;
}

function checkKind({ kind, name, references, readsStreamOfFiles }: DatasetDefinition): void {
	const streams = readsStreamOfFiles || references.some((reference) => reference.stream);
	const quoted = quotedNameOf(name);
	if (kind === 'STREAMING_TABLE' && !streams) {
		throw new SqlError(
			'INVALID_FLOW_QUERY_TYPE.BATCH_RELATION_FOR_STREAMING_TABLE',
			'42000',
			`Flow ${quoted} returns an invalid relation type. Streaming tables may only be defined by streaming relations, but the flow ${quoted} attempts to write a batch relation to the streaming table ${quoted}. Consider using the STREAM operator in Spark-SQL to convert the batch relation into a streaming relation, or populating the streaming table with an append once-flow instead.`,
		);
	}
	if (kind === 'MATERIALIZED_VIEW' && streams) {
		throw new SqlError(
			'INVALID_FLOW_QUERY_TYPE.STREAMING_RELATION_FOR_MATERIALIZED_VIEW',
			'42000',
			`Flow ${quoted} returns an invalid relation type. Materialized views may only be defined by a batch relation, but the flow ${quoted} attempts to write a streaming relation to the materialized view ${quoted}.`,
		);
	}
}

function duplicate(name: TableName): SqlError {
	return new SqlError(
		'PIPELINE_DUPLICATE_IDENTIFIERS.OUTPUT',
		'42710',
		`A duplicate identifier was found for elements registered in the pipeline's dataflow graph. Attempted to register a TABLE with identifier ${quotedNameOf(name)}, but a TABLE has already been registered with that identifier. Please ensure all outputs created within this pipeline have unique identifiers.`,
	);
}

function circular(upstream: string, downstream: string, nodes: Map<string, GraphNode>): Error {
	const one = nodes.get(upstream)?.fullName ?? upstream;
	const other = nodes.get(downstream)?.fullName ?? downstream;
	return new Error(
		`The downstream table '${other}' is referenced when creating the upstream table or view '${one}'. Circular dependencies are not supported in a pipeline. Please remove the dependency between '${one}' and '${other}'.`,
	);
}
