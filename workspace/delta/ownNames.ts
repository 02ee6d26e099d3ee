import { unsupported } from '../sql/sqlError';
import type { SqlType, StructField } from '../sql/sqlType';

/**
 * Refuses names of columns or of fields of structs that differ by their case only: Spark ends in an
 * error for some of them, and for others leaves values out. @throws SqlError 0A000
 */
export function mustHaveOwnNames(fields: readonly StructField[]): void {
	const taken = new Set<string>();
	for (const { name, type } of fields) {
		if (taken.has(name.toLowerCase())) {
			throw unsupported(`files with a second ${name}, by its name without its case`);
		}
		taken.add(name.toLowerCase());
		const inner = innermost(type);
		if (inner.kind === 'struct') mustHaveOwnNames(inner.fields);
	}
}

const innermost = (type: SqlType): SqlType =>
	type.kind === 'array' ? innermost(type.element) : type;
