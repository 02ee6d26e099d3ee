import { castSql } from '../casts/cast';
import { analyseLiteral, decimalLiteral } from '../operators/literals';
import { Cursor } from '../parser/cursor';
import type { Expr } from '../parser/syntax';
import type { Constant, Scope } from '../scope';
import { SqlError, unsupported } from '../sqlError';
import { DATE, STRING, TIMESTAMP, typeName } from '../sqlType';
import { sqlString } from '../stringLiteral';
import { localIso } from '../timeZones/sessionZone';
import type { Typed } from '../types/typed';

export function unboundParameter(name: string): SqlError {
	return new SqlError(
		'UNBOUND_SQL_PARAMETER',
		'42P02',
		`Found the unbound parameter: ${name}. Please, fix \`args\` and provide a mapping of the parameter to either a SQL literal or collection constructor functions such as \`map()\`, \`array()\`, \`struct()\`.`,
	);
}

/** A named parameter as the typed literal it stands for: its text cast to its type. */
export function analyseParameter(name: string, scope: Scope): Typed {
	const found = scope.parameters.get(name);
	if (found === undefined) throw unboundParameter(name);
	return literalOf(found);
}

/** The literal of a constant. @throws SqlError 42K09 for types that no literal has */
export function literalOf({ value, type }: Constant): Typed {
	if (value === null) {
		const { sql } = castSql('NULL', { kind: 'void' }, type, 'explicit');
		return { sql: type.kind === 'void' ? 'NULL' : sql, type, label: 'NULL', literal: { value } };
	}
	if (type.kind === 'string' || type.kind === 'char' || type.kind === 'varchar') {
		return { ...analyseLiteral('string', value), type: STRING };
	}
	if (type.kind === 'decimal' && /^-?\d*\.?\d+$/.test(value)) {
		const exact = decimalLiteral(value);
		const cast = castSql(exact.sql, exact.type, type, 'explicit');
		return {
			sql: cast.sql,
			type,
			label: value,
			literal: { value },
			...(cast.fallible ? { fallible: true } : {}),
		};
	}
	const cast = castSql(sqlString(value), STRING, type, 'explicit', { value });
	return {
		sql: cast.sql,
		type,
		label: type.kind === 'date' ? `DATE '${value}'` : value,
		literal: { value: value.trim() },
		...(cast.fallible ? { fallible: true } : {}),
	};
}

/**
 * The value of an expression that needs no rows: literals, parameters, `||`, concat, CAST of those,
 * current_date and current_timestamp. Undefined for everything else.
 */
export function constantOf(expr: Expr, scope: Scope): Constant | undefined {
	switch (expr.kind) {
		case 'literal': {
			const typed = analyseLiteral(expr.type, expr.value);
			return { value: typed.literal?.value ?? null, type: typed.type };
		}
		case 'parameter': {
			const found = scope.parameters.get(expr.name);
			if (found === undefined) throw unboundParameter(expr.name);
			return found;
		}
		case 'unary': {
			const inner = expr.operator === '-' ? constantOf(expr.operand, scope) : undefined;
			if (inner === undefined || inner.value === null) return inner;
			const value = inner.value.startsWith('-') ? inner.value.slice(1) : `-${inner.value}`;
			return { value, type: inner.type };
		}
		case 'cast': {
			const inner = constantOf(expr.operand, scope);
			if (inner === undefined) return undefined;
			return { value: inner.value === null ? null : inner.value.trim(), type: expr.type };
		}
		case 'binary': {
			if (expr.operator !== '||') return undefined;
			return joinTexts([expr.left, expr.right], scope);
		}
		case 'call': {
			const name = expr.call.name.join('.').toLowerCase();
			if (name === 'concat') return joinTexts(expr.call.args, scope);
			const now = localIso(scope.now);
			if (name === 'current_date') return { value: now.slice(0, 10), type: DATE };
			if (name === 'current_timestamp' || name === 'now') {
				return { value: now.replace('T', ' '), type: TIMESTAMP };
			}
			const type = TYPE_CALLS[name];
			const [only] = expr.call.args;
			if (type === undefined || only === undefined || expr.call.args.length !== 1) return undefined;
			const inner = constantOf(only, scope);
			return inner && { value: inner.value, type };
		}
		default:
			return undefined;
	}
}

const TYPE_CALLS: Record<string, Constant['type']> = {
	int: { kind: 'int' },
	bigint: { kind: 'bigint' },
	string: STRING,
	date: DATE,
	timestamp: TIMESTAMP,
};

function joinTexts(parts: readonly Expr[], scope: Scope): Constant | undefined {
	let value = '';
	for (const part of parts) {
		const constant = constantOf(part, scope);
		if (constant === undefined) return undefined;
		if (constant.value === null) return { value: null, type: STRING };
		value += constant.value;
	}
	return { value, type: STRING };
}

/** The name parts that IDENTIFIER(…) stands for. */
export function identifierParts(text: Expr, scope: Scope): string[] {
	const constant = constantOf(text, scope);
	if (constant === undefined) throw unsupported('IDENTIFIER() of anything but a constant text');
	if (constant.value === null || constant.type.kind !== 'string') {
		throw new SqlError(
			'NOT_A_CONSTANT_STRING.WRONG_TYPE',
			'42601',
			`The expression ${constant.value ?? 'NULL'} used for the routine or clause IDENTIFIER must be a constant STRING which is NOT NULL. The data type of the expression is ${typeName(constant.type)}.`,
		);
	}
	if (constant.value.trim() === '') {
		throw new SqlError(
			'PARSE_EMPTY_STATEMENT',
			'42617',
			'Syntax error, unexpected empty statement.',
		);
	}
	const cursor = new Cursor(constant.value);
	const name = cursor.qualifiedName();
	cursor.expectEnd();
	return name;
}
