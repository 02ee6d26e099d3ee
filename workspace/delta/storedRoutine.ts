import { z } from 'zod';
import type { Routine, Scope } from '../sql/scope';
import { catalogObject } from './objects';
import { typeOf } from './storedTable';

const column = z.object({ name: z.string(), type: z.string(), comment: z.string().optional() });

/** A user's function as its text, with types as Spark writes them. */
const routineText = z.object({
	parameters: z.array(column.extend({ defaultExpression: z.string().optional() })),
	returns: z.union([
		z.object({ kind: z.literal('value'), type: z.string() }),
		z.object({ kind: z.literal('rows'), columns: z.array(column) }),
	]),
	body: z.string(),
	/** Where the names of the text are looked up. */
	place: z.object({ catalog: z.string(), schema: z.string() }),
	deterministic: z.boolean().optional(),
	readsData: z.boolean(),
});

const storedRoutine = catalogObject
	.merge(routineText)
	.extend({ catalog: z.string(), schema: z.string() });

export type RoutineText = z.infer<typeof routineText>;
/** A function of a schema. */
export type StoredRoutine = z.infer<typeof storedRoutine>;

export function readRoutine(json: string): StoredRoutine {
	return storedRoutine.parse(JSON.parse(json));
}

/** The function as a query calls it. */
export function asRoutine(text: RoutineText, name: readonly string[], scope: Scope): Routine {
	const { parameters, returns, body } = text;
	return {
		name,
		body,
		scope,
		parameters: parameters.map(({ name: own, type, defaultExpression }) => ({
			name: own,
			type: typeOf({ type }),
			...(defaultExpression === undefined ? {} : { defaultExpression }),
		})),
		returns:
			returns.kind === 'value'
				? { kind: 'value', type: typeOf(returns) }
				: {
						kind: 'rows',
						columns: returns.columns.map((each) => ({ name: each.name, type: typeOf(each) })),
					},
	};
}
