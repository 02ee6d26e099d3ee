import { coerce } from '../casts/coercion';
import type { Expr, QueryBody } from '../parser/syntax';
import { SqlError, unsupported } from '../sqlError';
import type { SqlType } from '../sqlType';
import { commonType } from '../types/commonType';
import type { Typed } from '../types/typed';
import { typedNull } from './cells';
import { analyse, type AnalysedQuery, type Context } from './context';

/** The rows of VALUES under one type a column. */
export function inlineTable(body: QueryBody & { kind: 'values' }, base: Context): AnalysedQuery {
	const rows = body.rows.map((row) => row.map((expr) => cellOf(expr, base)));
	const width = rows[0]?.length ?? 0;
	if (rows.some((row) => row.length !== width)) {
		throw new SqlError(
			'INVALID_INLINE_TABLE.NUM_COLUMNS_MISMATCH',
			'42000',
			`Invalid inline table. Inline table expected ${width} columns in every row.`,
		);
	}
	const types: SqlType[] = [];
	for (let index = 0; index < width; index += 1) {
		let type: SqlType | undefined = { kind: 'void' };
		for (const row of rows) {
			const cell = row[index];
			if (cell !== undefined) type = type && commonType(type, cell.type);
		}
		if (type === undefined) {
			throw new SqlError(
				'INVALID_INLINE_TABLE.INCOMPATIBLE_TYPES_IN_INLINE_TABLE',
				'42000',
				`Invalid inline table. Found incompatible types in the column \`col${index + 1}\` for inline table.`,
			);
		}
		types.push(type);
	}
	if (body.columns.length > 0 && body.columns.length !== width) {
		throw new SqlError(
			'INVALID_INLINE_TABLE.NUM_COLUMNS_MISMATCH',
			'42000',
			`Invalid inline table. Inline table expected ${body.columns.length} columns but found ${width} columns in row 0.`,
		);
	}
	const columns = types.map((type, index) => ({
		name: body.columns[index] ?? `col${index + 1}`,
		type,
		physical: `col${index + 1}`,
	}));
	const lists = rows.map(
		(row) =>
			`(${row.map((cell, index) => typedNull(coerce(cell, types[index] ?? cell.type))).join(', ')})`,
	);
	const names = columns.map((column) => column.physical).join(', ');
	const sql = `SELECT * FROM (VALUES ${lists.join(', ')}) AS ${base.analyzer.alias()}(${names})`;
	return { sql, columns };
}

/** A cell knows no columns, not even those of an outer query or of a function that the VALUES are in. */
function cellOf(expr: Expr, base: Context): Typed {
	const { outer, ...alone } = { ...base, withoutRoutines: 'VALUES' };
	try {
		return analyse(expr, alone);
	} catch (error) {
		if (outer === undefined || !(error instanceof SqlError)) throw error;
		analyse(expr, base);
		throw unsupported('a column of an outer query or of a function in VALUES; SELECT it');
	}
}
