import type { TableAlias } from '../parser/syntax';
import { SqlError } from '../sqlError';
import type { SqlType } from '../sqlType';
import { sqlName } from '../stringLiteral';
import type { Context, Frame } from './context';

interface PlainColumn {
	name: string;
	type: SqlType;
	physical: string;
	hidden?: boolean;
}

/** One relation under an alias of its own; every column of it is printed with that alias. */
export function frameOf(
	sql: string,
	columns: readonly PlainColumn[],
	qualifier: readonly string[],
	alias: TableAlias,
	base: Context,
): Frame {
	const name = base.analyzer.alias();
	if (alias.columns.length > 0 && alias.columns.length !== columns.length) {
		throw new SqlError(
			'NUM_TABLE_VALUE_ALIASES_MISMATCH',
			'42826',
			`Number of given aliases does not match number of output columns. Function name: ${alias.name ?? ''}; number of aliases: ${alias.columns.length}; number of output columns: ${columns.length}.`,
		);
	}
	const own = columns.map((column, index) => ({
		name: alias.columns[index] ?? column.name,
		sql: `${name}.${sqlName(column.physical)}`,
		type: plainType(column.type),
		...(column.hidden === true ? { hidden: true } : {}),
	}));
	const source = {
		qualifier: alias.name === undefined ? [...qualifier] : [alias.name],
		columns: own,
	};
	return { sql: `${sql} AS ${name}`, sources: [source], visible: own };
}

/** CHAR and VARCHAR columns are STRING in a query. */
function plainType(type: SqlType): SqlType {
	return type.kind === 'char' || type.kind === 'varchar' ? { kind: 'string' } : type;
}
