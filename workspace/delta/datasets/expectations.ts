import { storeTo, translateExpression } from '../../sql/translate';
import { physicalName, type Relation } from '../../sql/scope';
import { SqlError } from '../../sql/sqlError';
import { sqlName } from '../../sql/stringLiteral';
import type { Context } from '../context';
import type { DatasetProgress, DatasetSpec } from '../objects';
import { typeOf, type StoredTable } from '../storedTable';
import { stage } from '../dml/stage';

/** What expectations said about the staged rows. */
export type Verdict = Pick<DatasetProgress, 'droppedRecords' | 'expectations'>;

/**
 * Puts a dataset's new rows on the stage with one flag for each expectation, counts, and takes away
 * the rows that are to be dropped. A condition that gives NULL is not met.
 * @throws SqlError EXPECTATION_VIOLATION when a row fails an expectation that fails the update
 */
export async function stageExpected(
	context: Context,
	spec: DatasetSpec,
	table: StoredTable,
	source: Relation,
): Promise<Verdict> {
	const { transaction } = context;
	const relations = [{ alias: table.name, columns: source.columns }];
	const alias = sqlName(table.name);
	const values = table.state.columns.map((column) => {
		const from = source.columns.find(
			({ name }) => name.toLowerCase() === column.name.toLowerCase(),
		);
		if (from === undefined) return `NULL AS ${column.physical}`;
		const value = `${alias}.${sqlName(physicalName(from))}`;
		return `${storeTo(value, from.type, typeOf(column), column.name)} AS ${column.physical}`;
	});
	for (const [at, { condition }] of spec.expectations.entries()) {
		const check = await translateExpression(condition, context.scope, relations);
		values.push(`coalesce((${check.sql}), FALSE) AS "__met${at}"`);
	}
	await transaction.run(
		`CREATE OR REPLACE TEMP TABLE "stage" AS SELECT ${values.join(', ')} FROM ${source.sql} AS ${alias}`,
	);
	const expectations: Verdict['expectations'] = [];
	for (const [at, { name, condition, onViolation }] of spec.expectations.entries()) {
		const [passed, failed] = await transaction.row(
			`SELECT count(*) FILTER ("__met${at}"), count(*) FILTER (NOT "__met${at}") FROM ${stage}`,
		);
		if (onViolation === 'fail' && failed !== '0') {
			const text = `Flow '${spec.name.join('.')}' failed to meet the expectation. Violated expectations: '${name}' (${condition}), by ${failed} of its records.`;
			throw new SqlError('EXPECTATION_VIOLATION.VERBOSITY_ALL', '22KD0', text);
		}
		expectations.push({ name, passedRecords: Number(passed), failedRecords: Number(failed) });
	}
	const dropping = [...spec.expectations.entries()]
		.filter(([, { onViolation }]) => onViolation === 'drop')
		.map(([at]) => `NOT "__met${at}"`);
	const droppedRecords =
		dropping.length === 0
			? 0
			: await transaction.change(`DELETE FROM "stage" WHERE ${dropping.join(' OR ')}`);
	return { droppedRecords, expectations };
}
