import { SqlError, unsupported } from '../../sql/sqlError';
import { readDeclaration, type Declaration } from '../commands/variables';
import { Cursor } from '../cursor';

/** One step of a script: a SQL statement, or one that steers the others. */
export type Step =
	| { kind: 'statement'; text: string }
	| { kind: 'set'; text: string }
	| { kind: 'declare'; declaration: Declaration }
	| { kind: 'block'; label?: string; body: Step[] }
	| { kind: 'branch'; operand?: string; branches: Branch[]; otherwise?: Step[] }
	| { kind: 'loop'; label?: string; while?: string; until?: string; body: Step[] }
	| { kind: 'for'; label?: string; row?: string; query: string; body: Step[] }
	| { kind: 'leave' | 'iterate'; label: string };

interface Branch {
	when: string;
	body: Step[];
}

/** Reads `BEGIN … END`. @throws SqlError PARSE_SYNTAX_ERROR, LABELS_MISMATCH, 0A000 for what is not there */
export function parseScript(text: string): Step {
	const cursor = new Cursor(text);
	const block = readBlock(cursor, undefined);
	cursor.expectEnd();
	return block;
}

function readBlock(cursor: Cursor, label: string | undefined): Step {
	cursor.expect('BEGIN');
	cursor.accept('NOT', 'ATOMIC');
	if (cursor.sees('ATOMIC')) throw unsupported('BEGIN ATOMIC');
	const body = readSteps(cursor, 'END');
	endLabel(cursor, label);
	return { kind: 'block', body, ...(label === undefined ? {} : { label }) };
}

/** Steps up to one of the words, which stands where a step would begin; END is taken with what follows it. */
function readSteps(cursor: Cursor, ...ends: string[]): Step[] {
	const steps: Step[] = [];
	while (!ends.some((end) => cursor.sees(...end.split(' ')))) {
		if (cursor.atEnd) throw cursor.unexpected();
		steps.push(readStep(cursor));
		cursor.expect(';');
	}
	for (const end of ends) if (end.startsWith('END')) cursor.accept(...end.split(' '));
	return steps;
}

function readStep(cursor: Cursor): Step {
	const label = readLabel(cursor);
	if (cursor.sees('BEGIN')) return readBlock(cursor, label);
	const labelled = label === undefined ? {} : { label };
	if (cursor.accept('WHILE')) {
		const condition = cursor.until('DO');
		cursor.expect('DO');
		const body = readSteps(cursor, 'END WHILE');
		endLabel(cursor, label);
		return { kind: 'loop', ...labelled, while: condition, body };
	}
	if (cursor.accept('LOOP')) {
		const body = readSteps(cursor, 'END LOOP');
		endLabel(cursor, label);
		return { kind: 'loop', ...labelled, body };
	}
	if (cursor.accept('REPEAT')) {
		const body = readSteps(cursor, 'UNTIL');
		cursor.expect('UNTIL');
		const until = cursor.until('END REPEAT');
		cursor.expect('END', 'REPEAT');
		endLabel(cursor, label);
		return { kind: 'loop', ...labelled, until, body };
	}
	if (cursor.accept('FOR')) return { ...readFor(cursor, label), ...labelled };
	if (label !== undefined) throw cursor.unexpected();
	if (cursor.accept('IF')) return readIf(cursor);
	if (cursor.accept('CASE')) return readCase(cursor);
	const jump = cursor.acceptOne('LEAVE', 'ITERATE');
	if (jump !== undefined) {
		return { kind: jump === 'LEAVE' ? 'leave' : 'iterate', label: cursor.identifier() };
	}
	if (cursor.accept('DECLARE')) return readDeclare(cursor);
	for (const word of ['SIGNAL', 'RESIGNAL', 'OPEN', 'FETCH', 'CLOSE', 'GET']) {
		if (cursor.sees(word)) throw unsupported(`${word} in a script`);
	}
	if (cursor.accept('SET')) {
		cursor.acceptOne('VARIABLE', 'VAR');
		return { kind: 'set', text: cursor.until(';') };
	}
	return { kind: 'statement', text: cursor.until(';') };
}

function readLabel(cursor: Cursor): string | undefined {
	const isLabel =
		cursor.peek(1).text === ':' &&
		['BEGIN', 'WHILE', 'LOOP', 'REPEAT', 'FOR'].includes(cursor.peek(2).text.toUpperCase());
	if (!isLabel) return undefined;
	const label = cursor.identifier();
	cursor.expect(':');
	return label;
}

/** The label may stand again at the end. */
function endLabel(cursor: Cursor, label: string | undefined): void {
	if (cursor.sees(';') || cursor.atEnd) return;
	const end = cursor.identifier();
	if (label === undefined) {
		throw new SqlError(
			'END_LABEL_WITHOUT_BEGIN_LABEL',
			'42K0L',
			`End label \`${end}\` can not exist without begin label.`,
		);
	}
	if (end.toLowerCase() === label.toLowerCase()) return;
	throw new SqlError(
		'LABELS_MISMATCH',
		'42K0L',
		`Begin label \`${label}\` does not match the end label \`${end}\`.`,
	);
}

function readIf(cursor: Cursor): Step {
	const branches: Branch[] = [];
	do {
		const when = cursor.until('THEN');
		cursor.expect('THEN');
		branches.push({ when, body: readSteps(cursor, 'ELSEIF', 'ELSE', 'END IF') });
	} while (cursor.accept('ELSEIF'));
	if (!cursor.accept('ELSE')) return { kind: 'branch', branches };
	return { kind: 'branch', branches, otherwise: readSteps(cursor, 'END IF') };
}

function readCase(cursor: Cursor): Step {
	const operand = cursor.sees('WHEN') ? {} : { operand: cursor.until('WHEN') };
	const branches: Branch[] = [];
	while (cursor.accept('WHEN')) {
		const when = cursor.until('THEN');
		cursor.expect('THEN');
		branches.push({ when, body: readSteps(cursor, 'WHEN', 'ELSE', 'END CASE') });
	}
	if (!cursor.accept('ELSE')) return { kind: 'branch', ...operand, branches };
	return { kind: 'branch', ...operand, branches, otherwise: readSteps(cursor, 'END CASE') };
}

function readFor(cursor: Cursor, label: string | undefined): Step {
	const isNamed = cursor.peek(1).text.toUpperCase() === 'AS';
	const row = isNamed ? cursor.identifier() : undefined;
	if (isNamed) cursor.expect('AS');
	const query = cursor.until('DO');
	cursor.expect('DO');
	const body = readSteps(cursor, 'END FOR');
	endLabel(cursor, label);
	return { kind: 'for', query, body, ...(row === undefined ? {} : { row }) };
}

function readDeclare(cursor: Cursor): Step {
	const [first, second] = [cursor.peek(), cursor.peek(1)].map(({ text }) => text.toUpperCase());
	for (const word of ['CONDITION', 'CURSOR', 'HANDLER', 'ASENSITIVE', 'INSENSITIVE']) {
		if (second === word) throw unsupported(`DECLARE … ${word} in a script`);
	}
	if (first === 'OR') throw cursor.unexpected();
	return { kind: 'declare', declaration: readDeclaration(cursor) };
}
