import type { Select } from '../parser/syntax';
import { SqlError } from '../sqlError';
import type { Typed } from '../types/typed';

/**
 * Only AGGREGATE of a pipe has aggregate functions, and it has them in each item that is no key.
 * @throws SqlError PIPE_OPERATOR_CONTAINS_AGGREGATE_FUNCTION and its counterpart
 */
export function checkPiped({ piped, groupBy }: Select, items: readonly Typed[]): void {
	if (piped === undefined) return;
	const keys = groupBy?.elements.length ?? 0;
	for (const [index, { aggregate, label }] of items.entries()) {
		if (piped === 'AGGREGATE' && index >= keys && aggregate !== true) {
			throw new SqlError(
				'PIPE_OPERATOR_AGGREGATE_EXPRESSION_CONTAINS_NO_AGGREGATE_FUNCTION',
				'0A000',
				`Non-grouping expression "${label}" is provided as an argument to the |> AGGREGATE pipe operator but does not contain any aggregate function; please update it to include an aggregate function and then retry the query again.`,
			);
		}
		if (piped !== 'AGGREGATE' && aggregate === true) {
			throw new SqlError(
				'PIPE_OPERATOR_CONTAINS_AGGREGATE_FUNCTION',
				'0A000',
				`Aggregate function "${label}" is not allowed when using the pipe operator |> ${piped} clause; please use the pipe operator |> AGGREGATE clause instead.`,
			);
		}
	}
}
