/**
 * Time zones as SET TIME ZONE and texts of timestamps name them: `UTC`, a region of the IANA database,
 * or an offset (`+02:00`, `-8`, `+05:30:15`).
 */

const OFFSET = /^([+-])(\d{1,2})(?::(\d{1,2})(?::(\d{2}))?|(\d{2})(\d{2})?)?$/;
const REGION = /^[A-Z][A-Za-z_]*(?:\/[A-Z][A-Za-z0-9_+-]*)+$/;
const MOST_SECONDS = 18 * 3600;

/** Seconds east of Greenwich of a zone that is an offset; undefined for other names and for too much. */
export function fixedOffset(zone: string): number | undefined {
	if (zone === 'UTC' || zone === 'GMT' || zone === 'Z') return 0;
	const match = OFFSET.exec(zone);
	if (match === null) return undefined;
	const [, sign, hours, ...rest] = match;
	const minutes = rest[0] ?? rest[2] ?? '0';
	const seconds = rest[1] ?? rest[3] ?? '0';
	if (Number(minutes) > 59 || Number(seconds) > 59) return undefined;
	const size = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
	if (size > MOST_SECONDS) return undefined;
	return sign === '-' ? -size : size;
}

const formatters = new Map<string, Intl.DateTimeFormat | undefined>();

function formatterOf(zone: string): Intl.DateTimeFormat | undefined {
	if (!formatters.has(zone)) formatters.set(zone, makeFormatter(zone));
	return formatters.get(zone);
}

function makeFormatter(zone: string): Intl.DateTimeFormat | undefined {
	if (!REGION.test(zone)) return undefined;
	try {
		return new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' });
	} catch {
		return undefined;
	}
}

/** Whether there is such a zone. Three-letter names are ambiguous and not taken. */
export function isZone(zone: string): boolean {
	return fixedOffset(zone) !== undefined || formatterOf(zone) !== undefined;
}

/** Seconds that the clocks of a zone are ahead of UTC at an instant, in milliseconds since 1970. */
export function offsetSeconds(zone: string, epochMs: number): number {
	const fixed = fixedOffset(zone);
	if (fixed !== undefined) return fixed;
	const parts = formatterOf(zone)?.formatToParts(new Date(epochMs)) ?? [];
	const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
	return fixedOffset(name.replace(/^GMT(?=[+-])/, '').replace('−', '-')) ?? 0;
}

/** `Z`, `+05:30` or `-04:56:02`. */
export function offsetText(seconds: number): string {
	if (seconds === 0) return 'Z';
	const size = Math.abs(seconds);
	const parts = [Math.floor(size / 3600), Math.floor(size / 60) % 60, size % 60];
	const shown = parts
		.slice(0, size % 60 === 0 ? 2 : 3)
		.map((part) => String(part).padStart(2, '0'));
	return `${seconds < 0 ? '-' : '+'}${shown.join(':')}`;
}

/**
 * The instant at which the clocks of a zone show a time (both in milliseconds; the time as if it were
 * one of UTC). A time that comes twice is the first one; one that is left out is that much later.
 */
export function instantOf(zone: string, localMs: number): number {
	const day = 86_400_000;
	const before = offsetSeconds(zone, localMs - day) * 1000;
	const after = offsetSeconds(zone, localMs + day) * 1000;
	for (const offset of [before, after]) {
		if (offsetSeconds(zone, localMs - offset) * 1000 === offset) return localMs - offset;
	}
	return localMs - before;
}
