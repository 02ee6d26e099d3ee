import { sqlString } from '../stringLiteral';

/** A field of a struct by its name. */
export function fieldSql(sql: string, name: string): string {
	return `struct_extract(${sql}, ${sqlString(name)})`;
}
