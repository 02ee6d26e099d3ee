import type { TableAt } from '../../sql/scope';
import { unsupported, type Place } from '../../sql/sqlError';
import { isUtc, sessionZone } from '../../sql/timeZones/sessionZone';
import type { Cursor } from '../cursor';

/** What a CREATE TABLE … CLONE copies. */
export interface CloneOf {
	/** A shallow one refers to the files of its source, any other has its own. */
	isShallow: boolean;
	source: string[];
	at: TableAt;
	properties: Record<string, string>;
	/** Where the statement begins, the place of what is wrong with the source. */
	place: Place;
}

/** Reads `[SHALLOW | DEEP] CLONE source [time travel] [TBLPROPERTIES …]`, if that is next. */
export function readClone(cursor: Cursor): CloneOf | undefined {
	const isShallow = cursor.accept('SHALLOW', 'CLONE');
	const isClone = isShallow || cursor.accept('DEEP', 'CLONE') || cursor.accept('CLONE');
	if (!isClone) return undefined;
	const source = cursor.name();
	const at = readTimeTravel(cursor);
	const properties = cursor.accept('TBLPROPERTIES') ? cursor.properties() : {};
	if (cursor.sees('LOCATION')) throw unsupported('tables with a LOCATION of their own');
	cursor.expectEnd();
	return { isShallow, source, at, properties, place: cursor.beginning };
}

/** `[FOR] VERSION AS OF n`, `[FOR] TIMESTAMP AS OF 'text'` or `@vn`. */
function readTimeTravel(cursor: Cursor): TableAt {
	if (cursor.accept('@')) {
		const text = cursor.identifier();
		if (!/^v\d+$/i.test(text)) throw unsupported(`a clone of a table @${text}`);
		return { version: Number(text.slice(1)) };
	}
	cursor.accept('FOR');
	if (cursor.accept('VERSION', 'AS', 'OF')) return { version: cursor.wholeNumber() };
	if (!cursor.accept('TIMESTAMP', 'AS', 'OF')) return {};
	if (!isUtc()) throw unsupported(`TIMESTAMP AS OF in a session in ${sessionZone()}`);
	return { timestamp: cursor.string() };
}
