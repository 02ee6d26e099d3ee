import { SqlError, unsupported } from '../sqlError';
import { sqlString } from '../stringLiteral';
import { once, type Typed } from '../types/typed';

/** The syntax that can be written for RE2 with the meaning it has in Java; the rest is refused. */
const COMMON_REGEX =
	/^(?:\(\?i\))?(?:[^\\()[\]+*?{}]|\\[dDwWs.\\^$|?*+()[\]{}/\-tnr]|\((?!\?)|\(\?:|\)|\[\^?(?:[^\\[\]&]|\\[dDws.\\^$|?*+()[\]{}/\-tnr])+\]|[+*?](?![+])|\{\d+(?:,\d*)?\}(?![+]))*$/;
/** Java has these and JavaScript, which tells wrong patterns here, has not. */
const JAVA_ONLY = /\(\?|[*+?}]\+/;
/** What Java takes for the end of a line. */
const LINE_END = '(?:\\r\\n|[\\n\\r\\x{85}\\x{2028}\\x{2029}])\\z';
const NO_LINE_END = '[^\\n\\r\\x{85}\\x{2028}\\x{2029}]';
const BLANKS = '\\t\\n\\x{0B}\\f\\r ';

/** A constant Java pattern, written for RE2. */
export interface Regex {
	/** DuckDB's literal of the pattern */
	sql: string;
	groups: number;
	/** whether it can match the empty text, after which Java and RE2 go on differently */
	matchesEmpty: boolean;
	/** whether it can match at the start of the text only */
	anchored: boolean;
	/** `$`, which in Java also stands before a last line end */
	hasEnd: boolean;
	/** `(?i)`, which in Java folds ASCII letters only */
	foldsCase: boolean;
}

/**
 * Reads a constant pattern. A pattern whose meaning could differ between Java and RE2 is written anew
 * or refused by name.
 * @throws SqlError INVALID_PARAMETER_VALUE.PATTERN for what is no pattern to Java
 */
export function readRegex(pattern: Typed, name: string): Regex {
	const text = pattern.literal?.value;
	if (text === undefined) throw unsupported(`${name} with a pattern that is no constant`);
	const nothing = { groups: 0, matchesEmpty: false, anchored: true, hasEnd: false };
	if (text === null) return { ...nothing, sql: 'NULL', foldsCase: false };
	const foldsCase = text.startsWith('(?i)');
	const body = foldsCase ? text.slice(4) : text;
	const refused = unsupported(`this regular expression in ${name}: ${text}`);
	const matchesEmpty = emptyMatch(body);
	if (matchesEmpty === undefined && !JAVA_ONLY.test(body)) {
		throw new SqlError(
			'INVALID_PARAMETER_VALUE.PATTERN',
			'22023',
			`The value of parameter(s) \`regexp\` in \`${name}\` is invalid: '${text}'.`,
		);
	}
	if (matchesEmpty === undefined || !COMMON_REGEX.test(text)) throw refused;
	if (foldsCase && !/^\p{ASCII}*$/u.test(body)) throw refused;
	const written = write(body);
	if (written === undefined) throw refused;
	return {
		sql: sqlString(`${foldsCase ? '(?i)' : ''}${written.text}`),
		groups: written.groups,
		matchesEmpty,
		anchored: body.startsWith('^') && !body.includes('|'),
		hasEnd: written.hasEnd,
		foldsCase,
	};
}

/** Nothing in this syntax looks around, so the empty text tells. Undefined for what is no pattern. */
function emptyMatch(body: string): boolean | undefined {
	try {
		return new RegExp(body).test('');
	} catch {
		return undefined;
	}
}

/** The pattern for RE2; undefined where `$` is not the last thing of the pattern or of a choice. */
function write(body: string): { text: string; groups: number; hasEnd: boolean } | undefined {
	let text = '';
	let groups = 0;
	let depth = 0;
	let hasEnd = false;
	let inClass = false;
	for (let index = 0; index < body.length; index += 1) {
		let token = body.charAt(index);
		const next = body.charAt(index + 1);
		if (token === '\\') {
			index += 1;
			token = next === 's' ? (inClass ? BLANKS : `[${BLANKS}]`) : `\\${next}`;
		} else if (inClass) inClass = token !== ']';
		else if (token === '[') inClass = true;
		else if (token === '.') token = NO_LINE_END;
		else if (token === ')') depth -= 1;
		else if (token === '(') {
			depth += 1;
			if (next !== '?') groups += 1;
		} else if (token === '$') {
			hasEnd = true;
			const last = /^\)*$/.test(body.slice(index + 1)) || (depth === 0 && next === '|');
			if (!last) return undefined;
		}
		text += token;
	}
	return { text, groups, hasEnd };
}

/** Whether the pattern matches somewhere in the text, as DuckDB SQL. */
export function matchSql(text: string, regex: Regex): string {
	return once(foldable(text, regex), (checked) => {
		const whole = `regexp_matches(${checked}, ${regex.sql})`;
		if (!regex.hasEnd) return whole;
		const cut = `regexp_replace(${checked}, ${sqlString(LINE_END)}, '')`;
		return `(${whole} OR regexp_matches(${cut}, ${regex.sql}))`;
	});
}

/**
 * The text for an expression that takes from the match or replaces it. There `$` before a last line
 * end has no counterpart in RE2: such a text is an error when it comes.
 */
export function searchedText(text: string, regex: Regex): string {
	const checked = foldable(text, regex);
	if (!regex.hasEnd) return checked;
	return refusing(checked, LINE_END, '$ in a regular expression on a text that ends in a line end');
}

/** RE2 takes the Kelvin sign for a k and the long s for an s, Java does not. */
function foldable(text: string, regex: Regex): string {
	if (!regex.foldsCase) return text;
	return refusing(text, '[\\x{212A}\\x{17F}]', '(?i) on a text with the Kelvin sign or the long s');
}

function refusing(text: string, pattern: string, what: string): string {
	return once(
		text,
		(v) =>
			`CASE WHEN regexp_matches(${v}, ${sqlString(pattern)}) THEN dbx_unsupported(${sqlString(what)}) ELSE ${v} END`,
	);
}

/** The replacement for RE2; undefined where Java fails on it as soon as the pattern matches. */
export function writeReplacement(by: string, groups: number): string | undefined {
	let text = '';
	for (let index = 0; index < by.length; index += 1) {
		const char = by.charAt(index);
		const next = by.charAt(index + 1);
		if (char !== '\\' && char !== '$') {
			text += char;
			continue;
		}
		index += 1;
		if (next === '') return undefined;
		if (char === '\\') {
			text += next === '\\' ? '\\\\' : next;
			continue;
		}
		if (!/\d/.test(next) || Number(next) > groups) return undefined;
		if (groups > 9 && /\d/.test(by.charAt(index + 1))) {
			throw unsupported('regexp_replace with the number of a group above 9');
		}
		text += `\\${next}`;
	}
	return text;
}
