import { SqlError, syntaxError } from '../sqlError';
import {
	arrayType,
	BIGINT,
	BINARY,
	BOOLEAN,
	DATE,
	decimalType,
	DOUBLE,
	FLOAT,
	INT,
	SMALLINT,
	STRING,
	timeType,
	TIMESTAMP,
	TIMESTAMP_NTZ,
	TINYINT,
	VOID,
	type IntervalUnit,
	type SqlType,
	type StructField,
} from '../sqlType';
import { collatedType, collationName } from './collations';
import { tokenize, type Token } from '../tokens';

const SIMPLE_NAMES: Record<string, SqlType> = {
	BOOLEAN,
	TINYINT,
	BYTE: TINYINT,
	SMALLINT,
	SHORT: SMALLINT,
	INT,
	INTEGER: INT,
	BIGINT,
	LONG: BIGINT,
	FLOAT,
	REAL: FLOAT,
	DOUBLE,
	STRING,
	BINARY,
	DATE,
	TIMESTAMP,
	TIMESTAMP_LTZ: TIMESTAMP,
	TIMESTAMP_NTZ,
	VOID,
	VARIANT: { kind: 'variant' },
};
const INTERVAL_UNITS: IntervalUnit[] = ['year', 'month', 'day', 'hour', 'minute', 'second'];

/** The result of reading a type from a token list: the type and the index after it. */
export interface ReadType {
	type: SqlType;
	next: number;
}

/**
 * Reads a type at `index` of a token list (column definitions, CAST, parameters).
 * @throws SqlError UNSUPPORTED_DATATYPE for an unknown name, PARSE_SYNTAX_ERROR for a broken one
 */
export function readType(text: string, tokens: Token[], index: number): ReadType {
	let next = index;
	const peek = (): Token => {
		const token = tokens[Math.min(next, tokens.length - 1)];
		if (token === undefined) throw syntaxError(text, text.length, '');
		return token;
	};
	const fail = (): SqlError => syntaxError(text, peek().start, peek().text);
	const accept = (symbol: string): boolean => {
		if (peek().kind !== 'symbol' || peek().text !== symbol) return false;
		next += 1;
		return true;
	};
	const acceptWord = (word: string): boolean => {
		if (peek().kind !== 'word' || peek().text.toUpperCase() !== word) return false;
		next += 1;
		return true;
	};
	const expect = (symbol: string): void => {
		if (!accept(symbol)) throw fail();
	};
	const closeAngle = (): void => {
		const token = peek();
		if (token.kind === 'symbol' && (token.text === '>>' || token.text === '>>>')) {
			const rest = token.text.slice(1);
			tokens.splice(next, 1, { ...token, text: '>' }, { ...token, text: rest });
		}
		expect('>');
	};
	const number = (): number => {
		const token = peek();
		if (token.kind !== 'number' || !/^\d+$/.test(token.text)) throw fail();
		next += 1;
		return Number(token.text);
	};
	const read = (): SqlType => {
		const token = peek();
		if (token.kind !== 'word') throw fail();
		next += 1;
		const name = token.text.toUpperCase();
		if (name === 'DECIMAL' || name === 'DEC' || name === 'NUMERIC') {
			if (!accept('(')) return decimalType(10, 0);
			const precision = number();
			const scale = accept(',') ? number() : 0;
			expect(')');
			return checkedDecimal(precision, scale);
		}
		if (name === 'TIME') {
			const type = readTime();
			if (acceptWord('WITHOUT') && !(acceptWord('TIME') && acceptWord('ZONE'))) throw fail();
			return type;
		}
		if (name === 'CHAR' || name === 'CHARACTER' || name === 'VARCHAR') {
			expect('(');
			const length = number();
			expect(')');
			return { kind: name === 'VARCHAR' ? 'varchar' : 'char', length };
		}
		if (name === 'ARRAY') {
			expect('<');
			const element = read();
			closeAngle();
			return arrayType(element);
		}
		if (name === 'MAP') {
			expect('<');
			const key = read();
			expect(',');
			const value = read();
			closeAngle();
			return { kind: 'map', key, value };
		}
		if (name === 'STRUCT') {
			if (accept('<>')) return { kind: 'struct', fields: [] };
			expect('<');
			const fields: StructField[] = [];
			do {
				const field = peek();
				if (field.kind !== 'word' && field.kind !== 'quoted') throw fail();
				next += 1;
				accept(':');
				fields.push({ name: field.value, type: read() });
				skipFieldSuffix();
			} while (accept(','));
			closeAngle();
			return { kind: 'struct', fields };
		}
		if (name === 'INTERVAL') return readInterval();
		const simple = SIMPLE_NAMES[name];
		if (simple !== undefined) {
			return name === 'STRING' && acceptWord('COLLATE') ? readCollation() : simple;
		}
		throw new SqlError('UNSUPPORTED_DATATYPE', '0A000', `Unsupported data type "${name}".`);
	};
	const readCollation = (): SqlType => {
		const names: string[] = [];
		do {
			const part = peek();
			if (part.kind !== 'word' && part.kind !== 'quoted') throw fail();
			next += 1;
			names.push(part.value);
		} while (accept('.'));
		return collatedType(collationName(names));
	};
	const readTime = (): SqlType => {
		if (!accept('(')) return timeType(6);
		const precision = number();
		expect(')');
		if (precision > 6) throw wrongTimePrecision(precision);
		return timeType(precision);
	};
	const skipFieldSuffix = (): void => {
		if (peek().kind === 'word' && peek().text.toUpperCase() === 'NOT') next += 2;
		if (peek().kind === 'word' && peek().text.toUpperCase() === 'COMMENT') next += 2;
	};
	const unit = (): IntervalUnit => {
		const found = INTERVAL_UNITS.find((name) => name === peek().text.toLowerCase());
		if (found === undefined) throw fail();
		next += 1;
		return found;
	};
	const readInterval = (): SqlType => {
		const start = unit();
		if (peek().kind !== 'word' || peek().text.toUpperCase() !== 'TO') {
			return { kind: 'interval', start, end: start };
		}
		next += 1;
		return { kind: 'interval', start, end: unit() };
	};
	const type = read();
	return { type, next };
}

const wrongTimePrecision = (precision: number): SqlError =>
	new SqlError(
		'UNSUPPORTED_TIME_PRECISION',
		'0A001',
		`The seconds precision ${precision} of the TIME data type is out of the supported range [0, 6].`,
	);

function checkedDecimal(precision: number, scale: number): SqlType {
	if (precision > 38) {
		throw new SqlError(
			'DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION',
			'22003',
			`Decimal precision ${precision} exceeds max precision 38.`,
		);
	}
	if (scale > precision) {
		throw new SqlError(
			'_LEGACY_ERROR_TEMP_1114',
			'42000',
			`Decimal scale (${scale}) cannot be greater than precision (${precision}).`,
		);
	}
	return decimalType(precision, scale);
}

/** Reads a whole text as one type, e.g. `decimal(18,2)` or `array<struct<id:int,name:string>>`. */
export function parseType(text: string): SqlType {
	const tokens = tokenize(text);
	const { type, next } = readType(text, tokens, 0);
	const rest = tokens[next];
	if (rest !== undefined && rest.kind !== 'end') throw syntaxError(text, rest.start, rest.text);
	return type;
}
