import type { StatementParameter } from '../../../workspace/delta/objects';
import { SqlError } from '../../../workspace/sql/sqlError';
import { openLakehouse, shapeOf, type OpenLakehouse } from './openLakehouse';
import { recorded, statementsOf, wireRows, type Recorded } from './recordings';

/** dml-results: what the workspace refuses by name, as something it does not have. */
const refused = new Set(
	`analyze refresh cache uncache set-key set-key-read set-time-zone reset-key declare-variable
	set-variable select-variable execute-immediate create-temp-view create-function call-function
	drop-function shallow-clone deep-clone create-table-like generate begin-end-script begin-end-loop
	begin-end-values call list-files begin-transaction commit merge-with-schema-evolution explain
	explain-of-insert pipe-syntax
	select-star-from-nothing from-first`.split(/\s+/),
);
/** Databricks has these where open-source Spark has none, or has them with other texts. */
const otherwise: Record<string, string> = {
	grant: 'TABLE_OR_VIEW_NOT_FOUND',
	'show-grants': 'TABLE_OR_VIEW_NOT_FOUND',
	'drop-view-missing': 'TABLE_OR_VIEW_NOT_FOUND',
};
/** Answers with numbers of files and bytes, ids, times, or an array, whose text on the wire differs. */
const shapeOnly = new Set(['vacuum', 'describe-detail', 'restore', 'select-unnamed']);

let opened: OpenLakehouse;
beforeAll(async () => {
	opened = await openLakehouse();
});
afterAll(() => opened.close());

function parametersOf({ args = {} }: Recorded): StatementParameter[] {
	return Object.entries(args).map(([name, { python, value }]) => ({
		name,
		value: String(value),
		type: python === 'int' ? 'INT' : 'STRING',
	}));
}

async function answerOf(sql: string, parameters: StatementParameter[]) {
	try {
		const result = await opened.run(sql, parameters);
		return { shape: shapeOf(result), rows: result.rows, statementType: result.statementType };
	} catch (error) {
		if (error instanceof SqlError) return { condition: error.condition };
		throw error;
	}
}

/** A warehouse answers counts where open-source Spark answers no columns at all. */
const insertShape = ['num_affected_rows', 'num_inserted_rows'];

test('DML, DDL and maintenance answer as recorded, or refuse by name', async () => {
	const entries = await recorded('dml-results');
	const outcomes = { same: 0, error: 0, refused: 0 };
	await opened.run('DROP SCHEMA s CASCADE');
	for (const entry of entries) {
		const statements = statementsOf(entry);
		const last = statements.pop() ?? '';
		if (entry.id === 'insert-with-param') {
			await opened.run('CREATE SCHEMA IF NOT EXISTS s');
			await opened.run('CREATE OR REPLACE TABLE t5 (id BIGINT, v STRING)');
		}
		if (entry.id === 'update-with-param') {
			await opened.run('CREATE SCHEMA IF NOT EXISTS s');
			await opened.run('CREATE OR REPLACE TABLE t5 (id BIGINT, v STRING)');
			await opened.run("INSERT INTO t5 VALUES (1,'a'),(2,'b')");
			// The recorded row was the one that the statement with parameters had inserted.
			for (const { name, value } of parametersOf(entry)) {
				if (name === 'id') await opened.run(`UPDATE t5 SET id = ${value} WHERE id = 1`);
			}
		}
		if (entry.id === 'merge-count-duplicates') await opened.run('TRUNCATE TABLE t5');
		for (const statement of statements) await opened.run(statement);
		const given = await answerOf(last, parametersOf(entry));
		const condition = 'condition' in given ? given.condition : 'none';
		if (refused.has(entry.id)) {
			expect([entry.id, condition]).not.toEqual([entry.id, 'none']);
			outcomes.refused += 1;
		} else if (otherwise[entry.id] !== undefined) {
			expect([entry.id, condition]).toEqual([entry.id, otherwise[entry.id]]);
		} else if (entry.error !== undefined) {
			expect([entry.id, condition]).toEqual([entry.id, entry.error.condition]);
			outcomes.error += 1;
		} else {
			expect([entry.id, condition]).toEqual([entry.id, 'none']);
			if ('condition' in given) continue;
			const names = given.shape.map(({ name }) => name);
			const isInsert =
				given.statementType === 'INSERT' || given.statementType.endsWith('AS SELECT');
			if (isInsert) expect([entry.id, names]).toEqual([entry.id, insertShape]);
			else if (!entry.id.startsWith('optimize')) {
				expect([entry.id, given.shape]).toEqual([
					entry.id,
					(entry.schema ?? []).map(({ name, type }) => ({ name, type })),
				]);
				if (!shapeOnly.has(entry.id)) {
					expect([entry.id, given.rows]).toEqual([entry.id, wireRows(entry)]);
				}
			}
			outcomes.same += 1;
		}
	}
	expect(outcomes).toEqual({ same: 57, error: 10, refused: refused.size });
});
