/**
 * Part of a subtitle's expression: the name of what was picked from a list, else the ID, URL or
 * name that was entered, nothing while the field is empty. n8n gives `$parameter` of such a field
 * as its bare value, which is an ID for a picked entry; the name stands in the raw parameters.
 */
export function pickedName(field: string): string {
	return `(($parameter.toJSON().${field} ?? {}).cachedResultName || $parameter["${field}"])`;
}

/** Part of a subtitle: the full name of the chosen table, also when it was typed as one. */
export const pickedTable =
	'(String($parameter["table"]).includes(".") ? [$parameter["table"]] : [$parameter["catalog"], $parameter["schema"], $parameter["table"]]).filter((part) => part).join(".")';

/** Part of a subtitle: the name, as the editor shows it, of the choice in a field with fixed choices. */
export function choiceName(
	field: string,
	choices: ReadonlyArray<{ name: string; value: string }>,
): string {
	const names = Object.fromEntries(choices.map(({ name, value }) => [value, name]));
	return `(${JSON.stringify(names)})[$parameter["${field}"]]`;
}

/** A subtitle of an operation and its object; the operation alone while there is no object. */
export function subtitle(operation: string, object: string): string {
	return `={{ [${operation}, ${object}].filter((part) => part).join(": ") }}`;
}
