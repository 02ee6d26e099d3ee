/** A pandas Timestamp, or NaT. */
export class Timestamp {
	/** NaT: no time. */
	static readonly none = new Timestamp(undefined);

	constructor(
		/** Nanoseconds since 1970 in UTC. */
		readonly epochNs: bigint | undefined,
		/** Undefined: without a time zone. */
		readonly offsetMinutes?: number,
	) {}

	/** `repr(timestamp)` */
	get repr(): string {
		return this.epochNs === undefined ? 'NaT' : `Timestamp('${this.text()}')`;
	}

	/** Whether it is the beginning of a day, by its own clock. */
	get isMidnight(): boolean {
		return this.epochNs === undefined || this.text().includes(' 00:00:00');
	}

	/** `2026-01-31 10:00:00.123000+08:00`; of the fraction as much as is asked for, else as needed. */
	text(decimals = this.decimals): string {
		if (this.epochNs === undefined) return 'NaT';
		const local = this.epochNs + BigInt(this.offsetMinutes ?? 0) * 60_000_000_000n;
		const [seconds, nanoseconds] = split(local, 1_000_000_000n);
		const time = new Date(Number(seconds) * 1000).toISOString().slice(0, 19).replace('T', ' ');
		const fraction =
			decimals === 0 ? '' : `.${String(nanoseconds).padStart(9, '0').slice(0, decimals)}`;
		return `${time}${fraction}${this.zone}`;
	}

	/** Digits after the second that Python writes: none, six or nine. */
	get decimals(): number {
		const fraction = split(this.epochNs ?? 0n, 1_000_000_000n)[1];
		if (fraction === 0n) return 0;
		return fraction % 1000n === 0n ? 6 : 9;
	}

	private get zone(): string {
		if (this.offsetMinutes === undefined) return '';
		const minutes = Math.abs(this.offsetMinutes);
		const two = (number: number) => String(number).padStart(2, '0');
		const sign = this.offsetMinutes < 0 ? '-' : '+';
		return `${sign}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
	}
}

/** Whole part and rest, the rest never below zero. */
function split(value: bigint, by: bigint): [bigint, bigint] {
	const rest = ((value % by) + by) % by;
	return [(value - rest) / by, rest];
}
