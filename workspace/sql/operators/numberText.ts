/** The text of a number as Java writes a double: `0.01`, `1.0E7`, `-0.0`. */
export function doubleText(value: number): string {
	return javaText(value, value.toExponential());
}

/** The same for a float, with as few digits as tell it from its neighbours. */
export function floatText(value: number): string {
	const single = Math.fround(value);
	for (let digits = 0; digits < 9; digits += 1) {
		const text = single.toExponential(digits);
		if (Math.fround(Number(text)) === single) return javaText(single, text);
	}
	return doubleText(single);
}

function javaText(value: number, exponential: string): string {
	const sign = value < 0 || Object.is(value, -0) ? '-' : '';
	const [mantissa = '0', power = '0'] = exponential
		.replace('-', (found, at) => (at === 0 ? '' : found))
		.split('e');
	const digits = mantissa.replace('.', '').replace(/0+$/, '') || '0';
	const exponent = Number(power);
	const size = Math.abs(value);
	if (size !== 0 && (size < 1e-3 || size >= 1e7)) {
		return `${sign}${digits[0]}.${digits.slice(1) || '0'}E${exponent}`;
	}
	if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
	const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
	return `${sign}${whole}.${digits.slice(exponent + 1) || '0'}`;
}

/** The text of a decimal as Java writes it: with an exponent below a millionth. */
export function decimalText(value: string, scale: number): string {
	const digits = value
		.replace(/^-/, '')
		.replace('.', '')
		.replace(/^0+(?=\d)/, '');
	const exponent = digits.length - 1 - scale;
	if (exponent >= -6) return value;
	const rest = digits.length > 1 ? `.${digits.slice(1)}` : '';
	return `${value.startsWith('-') ? '-' : ''}${digits[0]}${rest}E${exponent}`;
}
