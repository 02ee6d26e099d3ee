import { quoteName, SqlError } from '../sqlError';

interface Place {
	catalog?: string;
	schema?: string;
}

/** A function that is neither built in nor of the session nor in a schema. */
export function unresolvedRoutine(
	name: readonly string[],
	{ catalog = 'main', schema = 'default' }: Place,
): SqlError {
	const text = `Cannot resolve routine ${quoteName(name)} on search path [\`system\`.\`builtin\`, \`system\`.\`session\`, ${quoteName([catalog, schema])}].`;
	return new SqlError('UNRESOLVED_ROUTINE', '42883', text);
}

/** A table function that is nowhere. */
export function unresolvedTableFunction(name: readonly string[]): SqlError {
	const quoted = quoteName(name);
	return new SqlError(
		'UNRESOLVABLE_TABLE_VALUED_FUNCTION',
		'42883',
		`Could not resolve ${quoted} to a table-valued function.\nPlease make sure that ${quoted} is defined as a table-valued function and that all required parameters are provided correctly.\nIf ${quoted} is not defined, please create the table-valued function before using it.\nFor more information about defining table-valued functions, please refer to the Apache Spark documentation.`,
	);
}

export function wrongCount(name: readonly string[], expected: string, count: number): SqlError {
	return new SqlError(
		'WRONG_NUM_ARGS.WITHOUT_SUGGESTION',
		'42605',
		`The ${quoteName(name)} requires ${expected} parameters but the actual number is ${count}. Please, refer to 'https://spark.apache.org/docs/latest/sql-ref-functions.html' for a fix.`,
	);
}

/** A function of rows in an expression, or a function of a value in FROM. */
export function wrongKind(name: readonly string[], isTable: boolean): SqlError {
	const quoted = quoteName(name);
	if (isTable) {
		const text = `${quoted} appears as a scalar expression here, but the function was defined as a table function. Please update the query to move the function call into the FROM clause, or redefine ${quoted} as a scalar function instead.`;
		return new SqlError('NOT_A_SCALAR_FUNCTION', '42887', text);
	}
	const text = `${quoted} appears as a table function here, but the function was defined as a scalar function. Please update the query to move the function call outside the FROM clause, or redefine ${quoted} as a table function instead.`;
	return new SqlError('NOT_A_TABLE_FUNCTION', '42887', text);
}

/** A function whose text calls the function itself, by way of others or not. */
export function cyclicRoutine(path: readonly (readonly string[])[]): SqlError {
	const text = `Cyclic function reference detected: ${path.map((name) => name.join('.')).join(' -> ')}.`;
	return new SqlError('CYCLIC_FUNCTION_REFERENCE', '42887', text);
}

/** DISTINCT, FILTER and the like, which only aggregate functions have. */
export function unsupportedSyntax(name: readonly string[], syntax: string): SqlError {
	const text = `Invalid SQL syntax: The function ${quoteName(name)} does not support ${syntax}.`;
	return new SqlError('INVALID_SQL_SYNTAX.FUNCTION_WITH_UNSUPPORTED_SYNTAX', '42000', text);
}

/** What is wrong with the arguments of one call. */
export const argumentErrors = {
	positionalAfterNamed(name: readonly string[], parameter: string): SqlError {
		const text = `Cannot invoke routine ${quoteName(name)} because it contains positional argument(s) following the named argument assigned to \`${parameter}\`; please rearrange them so the positional arguments come first and then retry the query again.`;
		return new SqlError('UNEXPECTED_POSITIONAL_ARGUMENT', '4274K', text);
	},
	twice(name: readonly string[], parameter: string, isPositional: boolean): SqlError {
		const [condition, reason] = isPositional
			? [
					'BOTH_POSITIONAL_AND_NAMED',
					'A positional argument and named argument both referred to the same parameter. Please remove the named argument referring to this parameter.',
				]
			: [
					'DOUBLE_NAMED_ARGUMENT_REFERENCE',
					'More than one named argument referred to the same parameter. Please assign a value only once.',
				];
		const text = `Call to routine ${quoteName(name)} is invalid because it includes multiple argument assignments to the same parameter name \`${parameter}\`. ${reason}`;
		return new SqlError(`DUPLICATE_ROUTINE_PARAMETER_ASSIGNMENT.${condition}`, '4274K', text);
	},
	unknown(name: readonly string[], parameter: string, known: readonly string[]): SqlError {
		const list = known.map((each) => `\`${each}\``).join(' ');
		const text = `Cannot invoke routine ${quoteName(name)} because the routine call included a named argument reference for the argument named \`${parameter}\`, but this routine does not include any signature containing an argument with this name. Did you mean one of the following? [${list}].`;
		return new SqlError('UNRECOGNIZED_PARAMETER_NAME', '4274K', text);
	},
	missing(name: readonly string[], parameter: string, index: number): SqlError {
		const text = `Cannot invoke routine ${quoteName(name)} because the parameter named \`${parameter}\` is required, but the routine call did not supply a value. Please update the routine call to supply an argument value (either positionally at index ${index} or by name) and retry the query again.`;
		return new SqlError('REQUIRED_PARAMETER_NOT_FOUND', '4274K', text);
	},
};
