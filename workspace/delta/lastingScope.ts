import type { Scope } from '../sql/scope';
import { quoteName, SqlError } from '../sql/sqlError';
import type { Context } from './context';

/** What text that outlives its session may name: nothing temporary, and no variable of the session. */
export function lastingScope(
	context: Context,
	kind: 'VIEW' | 'TABLE' | 'FUNCTION',
	name: readonly string[],
): Scope {
	const { scope } = context;
	const refused = (temporary: readonly string[], its: string): SqlError => {
		const object = quoteName(temporary);
		const text = `Cannot create the persistent object ${quoteName(name)} of the type ${kind} because it references to the temporary object ${object} of the type ${its}. Please make the temporary object ${object} persistent, or make the persistent object ${quoteName(name)} temporary.`;
		return new SqlError('INVALID_TEMP_OBJ_REFERENCE', '42K0F', text);
	};
	return {
		parameters: scope.parameters,
		session: scope.session,
		now: scope.now,
		tableFunction: (...call) => scope.tableFunction(...call),
		async table(parts, at) {
			if (context.temporaryView(parts) !== undefined) throw refused(parts, 'VIEW');
			return await scope.table(parts, at);
		},
		async routine(parts) {
			if (context.temporaryFunction(parts) !== undefined) throw refused(parts, 'FUNCTION');
			return await scope.routine?.(parts);
		},
		variable(parts) {
			if (scope.variable?.(parts) !== undefined) throw refused(parts, 'VARIABLE');
			return undefined;
		},
	};
}
