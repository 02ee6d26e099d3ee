import { DatabricksError } from './errors';

/**
 * The one thing of a name, which need not be unique in Databricks. Throws DatabricksError (notFound)
 * when there is none, (badRequest) with the IDs when there are several.
 */
export function onlyOne<Thing>(
	matches: readonly Thing[],
	{ what, name, idOf }: { what: string; name: string; idOf: (thing: Thing) => string },
): Thing {
	const [thing] = matches;
	if (thing === undefined) {
		throw new DatabricksError({
			kind: 'notFound',
			message: `There is no ${what} named "${name}".`,
			hint: `Check the name, and that the user or service principal of the credential may view the ${what}.`,
		});
	}
	if (matches.length === 1) return thing;
	throw new DatabricksError({
		kind: 'badRequest',
		message: `There are ${matches.length} ${what}s named "${name}".`,
		hint: `Choose the ${what} by ID instead: ${matches.map(idOf).join(', ')}.`,
	});
}
