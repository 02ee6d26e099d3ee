import { SqlError, unsupported } from '../sql/sqlError';
import { splitStatements } from '../sql/tokens';
import type { SourceFile } from './sourceFiles';
import { StatementReader } from './statementReader';
import { tablesReadBy } from './tableReferences';

/** Catalog, schema, table. */
export type TableName = [catalog: string, schema: string, table: string];

export interface Expectation {
	name: string;
	condition: string;
	onViolation: 'warn' | 'drop' | 'fail';
}

/** A dataset as a CREATE statement of a pipeline defines it. */
export interface DatasetDefinition {
	name: TableName;
	kind: 'STREAMING_TABLE' | 'MATERIALIZED_VIEW';
	query: string;
	expectations: Expectation[];
	comment?: string;
	properties: Record<string, string>;
	clusterBy?: string[];
	partitionBy?: string[];
	references: { name: TableName; stream: boolean }[];
	readsStreamOfFiles: boolean;
	/** File that defines it. */
	path: string;
}

/** Catalog and schema of names that say neither. */
export interface Defaults {
	catalog: string;
	schema: string;
}

/**
 * Reads the datasets that a pipeline's SQL file defines. Throws SqlError: PARSE_SYNTAX_ERROR, the
 * refusal of statements that define nothing (recorded from Spark 4.1), or 0A000 for what this
 * workspace does not run: views, flows, change data capture, column lists.
 */
export function datasetsIn(file: SourceFile, defaults: Defaults): DatasetDefinition[] {
	return splitStatements(file.text).map((statement) => readDataset(statement, file, defaults));
}

function readDataset(statement: string, file: SourceFile, defaults: Defaults): DatasetDefinition {
	const reader = new StatementReader(statement);
	if (!reader.take('CREATE')) throw notADataset(reader, file);
	reader.take('OR', 'REFRESH');
	const kind = readKind(reader);
	if (reader.take('IF', 'NOT', 'EXISTS')) throw unsupported('IF NOT EXISTS of a pipeline dataset');
	const name = resolveName(reader.dottedName(), defaults);
	const definition = { name, kind, path: file.path };
	const expectations = reader.takeSymbol('(') ? readExpectations(reader) : [];
	const clauses = readClauses(reader);
	const query = reader.rest();
	const reads = tablesReadBy(query);
	return {
		...definition,
		...clauses,
		query,
		expectations,
		references: reads.tables.map(({ parts, stream }) => ({
			name: resolveName(parts, defaults),
			stream,
		})),
		readsStreamOfFiles: reads.streamedFunctions.length > 0,
	};
}

function readKind(reader: StatementReader): DatasetDefinition['kind'] {
	if (reader.take('STREAMING', 'TABLE')) return 'STREAMING_TABLE';
	if (reader.take('MATERIALIZED', 'VIEW')) return 'MATERIALIZED_VIEW';
	if (reader.take('PRIVATE')) throw unsupported('PRIVATE datasets of a pipeline');
	if (reader.take('TEMPORARY') || reader.take('LIVE') || reader.take('VIEW')) {
		throw unsupported('views of a pipeline: define a materialized view');
	}
	if (reader.take('FLOW')) throw unsupported('CREATE FLOW');
	throw reader.unexpected();
}

/** `CONSTRAINT name EXPECT (condition) [ON VIOLATION {DROP ROW | FAIL UPDATE}], …)` */
function readExpectations(reader: StatementReader): Expectation[] {
	const expectations: Expectation[] = [];
	do {
		if (!reader.take('CONSTRAINT')) throw unsupported('column lists of a pipeline dataset');
		const name = reader.name();
		reader.expect('EXPECT');
		reader.expectSymbol('(');
		const condition = reader.insideParentheses();
		let onViolation: Expectation['onViolation'] = 'warn';
		if (reader.take('ON', 'VIOLATION')) {
			if (reader.take('DROP', 'ROW')) onViolation = 'drop';
			else if (reader.take('FAIL', 'UPDATE')) onViolation = 'fail';
			else throw reader.unexpected();
		}
		expectations.push({ name, condition, onViolation });
	} while (reader.takeSymbol(','));
	reader.expectSymbol(')');
	return expectations;
}

type Clauses = Pick<DatasetDefinition, 'comment' | 'properties' | 'clusterBy' | 'partitionBy'>;

/** The clauses between the name and AS, in any order. */
function readClauses(reader: StatementReader): Clauses {
	const clauses: Clauses = { properties: {} };
	for (;;) {
		if (reader.take('AS')) return clauses;
		if (reader.take('COMMENT')) clauses.comment = reader.text();
		else if (reader.take('TBLPROPERTIES')) clauses.properties = readProperties(reader);
		else if (reader.take('CLUSTER', 'BY')) {
			if (reader.take('AUTO') || reader.take('NONE')) continue;
			clauses.clusterBy = readNames(reader);
		} else if (reader.take('PARTITIONED', 'BY')) clauses.partitionBy = readNames(reader);
		else if (reader.take('SCHEDULE') || reader.take('TRIGGER')) {
			throw unsupported('the schedule of a dataset: the pipeline has one');
		} else if (reader.take('WITH')) throw unsupported('row filters of a pipeline dataset');
		else if (reader.token.kind === 'end') throw unsupported('a streaming table without a query');
		else throw reader.unexpected();
	}
}

function readProperties(reader: StatementReader): Record<string, string> {
	const properties: Record<string, string> = {};
	reader.expectSymbol('(');
	do {
		const key = reader.token.kind === 'string' ? reader.text() : reader.dottedName().join('.');
		reader.expectSymbol('=');
		properties[key] = reader.advance().value;
	} while (reader.takeSymbol(','));
	reader.expectSymbol(')');
	return properties;
}

function readNames(reader: StatementReader): string[] {
	const names: string[] = [];
	reader.expectSymbol('(');
	do names.push(reader.name());
	while (reader.takeSymbol(','));
	reader.expectSymbol(')');
	return names;
}

/** Puts the pipeline's catalog and schema before names that lack them. */
export function resolveName(parts: string[], { catalog, schema }: Defaults): TableName {
	const [first = '', second, third, ...more] = parts;
	if (first.toUpperCase() === 'LIVE') throw unsupported('the LIVE schema: name the dataset alone');
	if (second === undefined) return [catalog, schema, first];
	if (third === undefined) return [catalog, first, second];
	if (more.length === 0) return [first, second, third];
	throw unsupported(`the name ${parts.join('.')}: a table has at most catalog, schema and name`);
}

const planNames: Record<string, string> = { INSERT: 'InsertIntoStatement', SELECT: 'Project' };

function notADataset(reader: StatementReader, file: SourceFile): SqlError {
	const verb = reader.token.text.toUpperCase();
	if (verb === 'APPLY' || verb === 'AUTO') return unsupported('change data capture of a pipeline');
	const plan = planNames[verb];
	if (plan === undefined) return unsupported(`${verb} in a pipeline's source`);
	return new SqlError(
		'PIPELINE_SQL_GRAPH_ELEMENT_REGISTRATION_ERROR',
		'42000',
		`Unsupported plan ${plan} parsed from SQL query\nOffending query:\n${reader.statement}\nQuery defined at ${file.path}`,
	);
}
