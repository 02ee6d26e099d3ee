import type { StatementParameter } from '../../../workspace/delta/session';
import type { Recorded } from './walk';

type Argument = { python: string; value?: unknown };

/** The type that a value of Python has on the wire; undefined for what no parameter can carry. */
function typeOf({ python, value }: Argument): string | undefined {
	switch (python) {
		case 'str':
			return 'STRING';
		case 'int':
			return Math.abs(Number(value)) < 2 ** 31 ? 'INT' : 'BIGINT';
		case 'float':
			return 'DOUBLE';
		case 'bool':
			return 'BOOLEAN';
		case 'date':
			return 'DATE';
		case 'datetime':
			return 'TIMESTAMP';
		case 'Decimal':
			return 'DECIMAL(4,2)';
		case 'NoneType':
			return 'VOID';
		default:
			return undefined;
	}
}

function textOf({ python, value }: Argument): string | null {
	if (value === null || value === undefined) return null;
	if (python === 'bool') return String(value).toLowerCase();
	return value === '100000 times x' ? 'x'.repeat(100_000) : String(value);
}

/** Named arguments as the Statement API sends them; undefined for what it cannot send. */
export function parametersOf({ args }: Recorded): StatementParameter[] | undefined {
	if (args === undefined || args === null) return [];
	if (Array.isArray(args)) return args.length === 0 ? [] : undefined;
	const parameters: StatementParameter[] = [];
	for (const [name, argument] of Object.entries(args)) {
		const type = typeOf(argument);
		if (type === undefined) return undefined;
		parameters.push({ name, value: textOf(argument), type });
	}
	return parameters;
}
