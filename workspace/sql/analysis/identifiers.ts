import type { Call, SelectItem, TableItem } from '../parser/syntax';
import type { Scope } from '../scope';
import { SqlError } from '../sqlError';
import { identifierParts } from './parameters';

/** The name parts of a table, those of IDENTIFIER() and what follows it. */
export function tableName(name: TableItem['name'], scope: Scope): string[] {
	return Array.isArray(name) ? name : [...identifierParts(name.identifier, scope), ...name.more];
}

/** Puts names in the place of IDENTIFIER() where it names a function or an alias, in a tree of the parser. */
export function resolveIdentifiers(node: unknown, scope: Scope): void {
	if (typeof node !== 'object' || node === null) return;
	for (const inner of Array.isArray(node) ? node : Object.values(node)) {
		resolveIdentifiers(inner, scope);
	}
	if (isCall(node) && node.identifier !== undefined) {
		node.name = identifierParts(node.identifier, scope);
		delete node.identifier;
	}
	if (isSelectItem(node) && node.identifier !== undefined) {
		const parts = identifierParts(node.identifier, scope);
		if (parts.length > 1) throw manyParts(parts);
		node.aliases = parts;
		delete node.identifier;
	}
}

function isCall(node: object): node is Call {
	return 'name' in node && 'args' in node && 'distinct' in node;
}

function isSelectItem(node: object): node is SelectItem {
	return 'expr' in node && 'aliases' in node;
}

function manyParts(parts: readonly string[]): SqlError {
	const text = `${parts.map((part) => `\`${part}\``).join('.')} is not a valid identifier as it has more than 1 name parts.`;
	return new SqlError('IDENTIFIER_TOO_MANY_NAME_PARTS', '42601', text);
}
