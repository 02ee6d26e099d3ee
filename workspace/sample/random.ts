/** A seeded source of numbers: the same seed gives the same sample data on every machine. */
export interface Random {
	/** A number in [0, 1). */
	next(): number;
	/** A whole number in [0, limit). */
	below(limit: number): number;
	/** A number of the standard normal distribution. */
	normal(): number;
}

/** Mulberry32 (public domain, Tommy Ettinger) over a 32-bit hash of the parts. */
export function seededRandom(...parts: (string | number)[]): Random {
	let state = hashOf(parts.join('\u0000'));
	const next = (): number => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
	};
	return {
		next,
		below: (limit) => Math.floor(next() * limit),
		normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
	};
}

/** FNV-1a, 32 bits. */
function hashOf(text: string): number {
	let hash = 0x811c9dc5;
	for (let i = 0; i < text.length; i++) {
		hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
	}
	return hash >>> 0;
}
