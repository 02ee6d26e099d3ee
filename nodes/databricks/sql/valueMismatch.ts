/** Why a value cannot be what its type asks for; the caller says which parameter or column it is. */
export class ValueMismatch extends Error {
	constructor(
		/** Continues a sentence that begins with the name: `is empty, which is no INT`. */
		readonly what: string,
		readonly hint: string,
	) {
		super(what);
		this.name = 'ValueMismatch';
	}
}

/** A ValueMismatch. */
export function mismatch(what: string, hint = 'Check the value or its expression.'): ValueMismatch {
	return new ValueMismatch(what, hint);
}

/** What `make` gives, or why the value does not fit. */
export function fitted<Value>(
	make: () => Value,
): { ok: true; value: Value } | { ok: false; mismatch: ValueMismatch } {
	try {
		return { ok: true, value: make() };
	} catch (error) {
		if (error instanceof ValueMismatch) return { ok: false, mismatch: error };
		throw error;
	}
}
