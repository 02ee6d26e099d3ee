import { SqlError, unsupported } from '../sqlError';
import { STRING, type SqlType } from '../sqlType';

/** The one collation besides the binary one whose rules are verified: letters compare without case. */
export const LCASE: SqlType = { kind: 'collated', collation: 'UTF8_LCASE' };

/** A name as ICU's collations have it: UNICODE or a language, and how accents, case and blanks count. */
const OTHER =
	/^(?:UTF8_BINARY|UTF8_LCASE|UNICODE|[A-Z]{2,3}(?:_[A-Z]{4})?(?:_[A-Z]{3})?)(?:_(?:CS|CI|AS|AI|RTRIM))*$/;

/** `UTF8_LCASE`, or `system.builtin.UTF8_LCASE`: all collations are there. */
export function collationName(parts: readonly string[]): string {
	const [name = '', schema = 'builtin', catalog = 'system', ...more] = [...parts].reverse();
	const isBuiltIn = schema.toLowerCase() === 'builtin' && catalog.toLowerCase() === 'system';
	if (isBuiltIn && more.length === 0 && parts.length !== 2) return name;
	throw unsupported(`the collation ${parts.join('.')}`);
}

/**
 * The type of texts under a collation; UTF8_BINARY is that of plain texts.
 * @throws SqlError 0A000 for ICU's collations and those that cut blanks, COLLATION_INVALID_NAME for none
 */
export function collatedType(name: string): SqlType {
	const upper = name.toUpperCase();
	if (upper === 'UTF8_BINARY') return STRING;
	if (upper === 'UTF8_LCASE') return LCASE;
	if (OTHER.test(upper)) throw unsupported(`the collation ${name}`);
	throw new SqlError(
		'COLLATION_INVALID_NAME',
		'42704',
		`The value ${name} does not represent a correct collation name.`,
	);
}

/**
 * Letters that DuckDB and Spark put beside different ones when the case does not count: \u0130, final
 * sigma, and those whose other case is younger than DuckDB's Unicode.
 */
export const OTHER_CASE =
	'[\\x{130}\\x{3C2}\\x{1C89}\\x{A7CB}-\\x{A7DC}\\x{10D50}-\\x{10D65}\\x{16EA0}-\\x{16EB8}]';

/**
 * DuckDB SQL of a text that compares without case. DuckDB's NOCASE lowers each letter by itself, as
 * Spark's UTF8_LCASE does: over all code points both put the same ones together and in the same order,
 * but for those that `dbx_lcase` refuses (compared with Spark 4.1).
 */
export const collatedSql = (text: string): string => `(dbx_lcase(${text}) COLLATE NOCASE)`;

/** The same text compared byte by byte. A CAST or a function of texts would keep DuckDB's collation. */
export const plainSql = (collated: string): string => `decode(encode(${collated}))`;

/** A column or another value that is known to have passed `dbx_lcase`. */
export const recollated = (sql: string, type: SqlType): string =>
	type.kind === 'collated' ? `(${sql} COLLATE NOCASE)` : sql;
