import { coerce, ordinalWord } from '../casts/coercion';
import type { QueryBody } from '../parser/syntax';
import { SqlError, typeMismatch, unsupported } from '../sqlError';
import { typeText } from '../sqlType';
import { sqlName } from '../stringLiteral';
import { commonType, holdsCollated, isIncomparable } from '../types/commonType';
import { zeroed } from './cells';
import type { AnalysedQuery, Context, ResultColumn } from './context';

const OPERATORS = { union: 'UNION', except: 'EXCEPT', intersect: 'INTERSECT' };

/** UNION, EXCEPT and INTERSECT of two finished queries, under the common type of each column. */
export function combine(
	body: QueryBody & { kind: 'set' },
	left: AnalysedQuery,
	right: AnalysedQuery,
	base: Context,
): AnalysedQuery {
	const word = OPERATORS[body.operator];
	if (left.columns.length !== right.columns.length) {
		throw new SqlError(
			'NUM_COLUMNS_MISMATCH',
			'42826',
			`${word} can only be performed on inputs with the same number of columns, but the first input has ${left.columns.length} columns and the second input has ${right.columns.length} columns.`,
		);
	}
	const columns = left.columns.map((column, index) => {
		const other = right.columns[index];
		const type = other && commonType(column.type, other.type);
		if (other === undefined || type === undefined) {
			throw new SqlError(
				'INCOMPATIBLE_COLUMN_TYPE',
				'42825',
				`${word} can only be performed on tables with compatible column types. The ${ordinalWord(index)} column of the second table is "${other === undefined ? '' : typeText(other.type)}" type which is not compatible with "${typeText(column.type)}" at the same column of the first table..`,
			);
		}
		if (holdsCollated(type) && !(body.operator === 'union' && body.all)) {
			throw unsupported(`set operations on ${typeText(type)}`);
		}
		if (isIncomparable(type) && !(body.operator === 'union' && body.all)) {
			throw unsupported(`set operations on ${typeText(type)}`);
		}
		if (type.kind === 'map' && !(body.operator === 'union' && body.all)) {
			throw typeMismatch('INVALID_ORDERING_TYPE', word, 'MAP columns cannot be compared.');
		}
		return { ...column, type };
	});
	const sides = [left, right].map((side) =>
		projected(side, columns, base, !(body.operator === 'union' && body.all)),
	);
	const all = body.all ? ' ALL' : '';
	return { sql: `${sides[0]} ${word}${all} ${sides[1]}`, columns };
}

function projected(
	side: AnalysedQuery,
	columns: readonly ResultColumn[],
	base: Context,
	together: boolean,
): string {
	const name = base.analyzer.alias();
	const list = side.columns.map((column, index) => {
		const target = columns[index] ?? column;
		const typed = {
			sql: `${name}.${sqlName(column.physical)}`,
			type: column.type,
			label: column.name,
		};
		return `${zeroed(coerce(typed, target.type).sql, target.type, together)} AS ${sqlName(target.physical)}`;
	});
	return `(SELECT ${list.join(', ')} FROM (${side.sql}) AS ${name})`;
}
