/** `[TABLE_OR_VIEW_NOT_FOUND] The table …` → `TABLE_OR_VIEW_NOT_FOUND` */
export function errorClassIn(message: string): string | undefined {
	return /\[([A-Z][A-Z0-9_]*(?:\.[A-Z0-9_]+)*)\]/.exec(message)?.[1];
}

/** `… SQLSTATE: 42P01` → `42P01` */
export function sqlStateIn(message: string): string | undefined {
	return /SQLSTATE: ([0-9A-Z]{5})/.exec(message)?.[1];
}
