import { quoteName, SqlError } from '../../sql/sqlError';

/** What a catalog, schema, volume or table can be called. */
export function checkName(name: string): void {
	if (name !== '' && name.length <= 255 && !/[./\x00-\x20\x7f]/.test(name)) return;
	const text = `${quoteName([name])} is not a valid name: it is empty, too long, or has a period, slash, blank or control character in it.`;
	throw new SqlError('INVALID_PARAMETER_VALUE', '22023', text);
}
