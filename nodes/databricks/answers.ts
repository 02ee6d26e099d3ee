import type { z } from 'zod/v4';
import { DatabricksError, type ErrorIds } from './errors';
import { parseJson } from './ids';

/**
 * Reads the text of a successful answer through its schema; an empty body counts as `{}`.
 * Throws DatabricksError (unexpectedAnswer), which names the field but shows no value.
 */
export function parseAnswer<Schema extends z.ZodType>(
	text: string,
	schema: Schema,
	ids?: ErrorIds,
	parse: (text: string) => unknown = parseJson,
): z.output<Schema> {
	let body: unknown;
	try {
		body = text.trim() === '' ? {} : parse(text);
	} catch {
		throw new DatabricksError({
			kind: 'unexpectedAnswer',
			message: 'The host answered with something that is not JSON.',
			hint: 'Check that the host is a Databricks workspace, not its login page or a proxy.',
			ids,
		});
	}
	const result = schema.safeParse(body);
	if (result.success) return result.data;
	const [issue] = result.error.issues;
	const where =
		issue === undefined || issue.path.length === 0 ? 'the answer' : issue.path.join('.');
	throw new DatabricksError({
		kind: 'unexpectedAnswer',
		message: `Databricks answered in a form that is not known here: ${where}: ${issue?.message ?? 'not valid'}.`,
		ids,
	});
}
